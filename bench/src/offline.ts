import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { launchBrowser } from '@countersign/testing/browser';
import { type Proxy, startProxy } from '@countersign/testing/proxy';
import { signIn, startDemo } from './demo-server.ts';
import { type Card, type Desk, edit, makeCards } from './edits.ts';
import { printTable } from './table.ts';

const SECONDS = 60;
const PACE = { seconds: SECONDS, eventsPerSecond: 20 };
/** How a line can be gone: the computer has no network, and its browser knows; the server alone can't be reached; or nothing comes back. */
const WAYS = ['no network', 'no server', 'black hole'] as const;
/** Seconds after which a page must have said so: of a line that merely carries nothing it hears by its next sign of life. */
const NOTICED = 20;
/** How often each is tried: how long it takes until the page is live again is a matter of chance. */
const TIMES = 2;

/** The live page while nothing reaches it for a whole minute, websocket and HTTP alike, and others go on working. Fails where it misses, doubles or conceals something. */
export async function run(): Promise<void> {
  const server = await startDemo();
  const line = await startProxy({ target: { port: Number(new URL(server.url).port) } });
  const browser = await launchBrowser();
  try {
    const desk = { url: server.url, cookie: await signIn(server.url) };
    const cards = await makeCards(desk);
    const rows = [];
    for (const way of WAYS) for (let time = 0; time < TIMES; time++) rows.push(await away({ way, line, browser, desk, cards }));
    printTable(rows);
    const failed = rows.some((row) => row.missing > 0 || row.doubled > 0 || row['silent, s'] > NOTICED);
    process.exitCode = failed ? 1 : 0;
  } finally {
    await browser.close();
    await line.stop();
    await server.stop();
  }
}

interface Trial {
  readonly way: (typeof WAYS)[number];
  readonly line: Proxy;
  readonly browser: Browser;
  readonly desk: Desk;
  readonly cards: readonly Card[];
}

async function away({ way, line, browser, desk, cards }: Trial) {
  const page = await openLive(browser, { url: line.through(desk.url), cookie: desk.cookie });
  const newest = Math.max(...(await positions(page)));
  if (way === 'black hole') line.blackhole();
  else line.cut();
  if (way === 'no network') await page.context().setOffline(true);
  const cut = Date.now();
  const [events, silent] = await Promise.all([edit(desk, cards, PACE), secondsOfSilence(page, cut)]);
  await sleep(Math.max(0, cut + SECONDS * 1_000 - Date.now()));
  line.restore();
  if (way === 'no network') await page.context().setOffline(false);
  const restored = Date.now();
  await page.locator('[data-state="live"]').first().waitFor({ timeout: 120_000 });
  const back = (Date.now() - restored) / 1_000;
  await untilShown(page, await newestIn(desk));
  const { sets, doubled } = await readDownTo(page, newest);
  await page.context().close();
  const made = events / 8;
  return {
    way,
    'change sets meanwhile': made,
    missing: made - sets,
    doubled,
    'silent, s': silent,
    'live again after, s': back.toFixed(1),
  };
}

async function openLive(browser: Browser, { url, cookie }: Desk): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 860 } });
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  // What is counted are change sets: none may stand behind a fold.
  await page.addInitScript(() => localStorage.setItem('countersign.folding', 'off'));
  await page.goto('/live');
  await page.locator('[data-state="live"]').first().waitFor();
  return page;
}

const positions = (page: Page): Promise<number[]> =>
  page.locator('[data-open]').evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['open'])));

/** The position of the newest event. */
async function newestIn({ url, cookie }: Desk): Promise<number> {
  const answer = await fetch(`${url}/api/audit-logs?limit=1`, { headers: { cookie } });
  const { data } = (await answer.json()) as { data: { position: number }[] };
  return data[0]?.position ?? 0;
}

/** The rows of what came last take a moment more than the word that the page is live. */
async function untilShown(page: Page, position: number): Promise<void> {
  for (let tries = 0; Math.max(...(await positions(page))) < position; tries++) {
    if (tries > 300) throw new Error(`event ${position} doesn't come`);
    await sleep(100);
  }
}

/** Looks every half second what the page says, as long as the line is gone. @returns for how long it did not say that it is. */
async function secondsOfSilence(page: Page, since: number): Promise<number> {
  let silent = 0;
  for (; Date.now() - since < SECONDS * 1_000; await sleep(500)) {
    const words = await page.locator('[data-state]').first().textContent();
    if (!/^Offline since \d\d:\d\d · trying again/.test(words ?? '')) silent = (Date.now() - since) / 1_000;
  }
  return Math.round(silent);
}

/** Reads from the top down to a position, as somebody who scrolls does. @returns how many change sets stood above it, and how many twice. */
async function readDownTo(page: Page, position: number): Promise<{ sets: number; doubled: number }> {
  const seen = new Set<string>();
  let doubled = 0;
  for (let step = 0; step < 2_000; step++) {
    const rows = await page
      .locator('[data-set]')
      .evaluateAll((all) =>
        all.map(
          (row) => [(row as HTMLElement).dataset['set'] ?? '', row.querySelector<HTMLElement>('[data-open]')?.dataset['open']] as const,
        ),
      );
    doubled += rows.length - new Set(rows.map(([set]) => set)).size;
    for (const [set, open] of rows) if (Number(open) > position) seen.add(set);
    if (rows.some(([, open]) => Number(open) <= position)) return { sets: seen.size, doubled };
    await page.getByRole('region', { name: 'Feed' }).evaluate((feed) => (feed.scrollTop += feed.clientHeight / 2));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
  throw new Error(`event ${position} is not in the list any more`);
}
