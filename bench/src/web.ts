import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { Client } from 'pg';
import { startEmbedded } from '@countersign/postgres/embedded';
import { launchBrowser } from '@countersign/testing/browser';
import { signIn, startDemo } from './demo-server.ts';
import { edit, makeCards, type Desk } from './edits.ts';
import { flood } from './flood.ts';
import { noticed, watch } from './page-watch.ts';
import { median, printTable, quantile } from './table.ts';

const SECONDS = 20;
const SCROLLING = 10;
const FLOOD = { seconds: 60, eventsPerSecond: 1_000 };

type Row = Readonly<Record<'figure' | 'measured' | 'target', string | number>>;

/** What somebody who looks at the live page has of it, in a real browser beside the real server, on one machine. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(folder, 0o711);
  const database = await startEmbedded({ dataDir: join(folder, 'postgres') });
  const server = await startDemo(database.url);
  const owner = new Client(database.url);
  await owner.connect();
  const browser = await launchBrowser();
  try {
    const desk = { url: server.url, cookie: await signIn(server.url) };
    const page = await openLive(
      await browser.newContext({ baseURL: server.url, viewport: { width: 1280, height: 860 } }).then((one) => one.newPage()),
      desk,
    );
    printTable([
      firstLoad(),
      ...(await commitToPixels(page, desk, owner)),
      ...(await scrolling(page, desk)),
      ...(await flooded(page, owner)),
    ]);
  } finally {
    await browser.close();
    await owner.end();
    await server.stop();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the pages' own tool adds it up, from the build that the server serves. */
function firstLoad(): Row {
  const tool = fileURLToPath(new URL('../../apps/web/tools/size.ts', import.meta.url));
  // It ends with 1 where any page is over its budget.
  const { stdout: told } = spawnSync(process.execPath, [tool], { encoding: 'utf8' });
  const [, measured = 'unknown', target = ''] = /^\/live +([\d.]+) of (\d+) KB/m.exec(told) ?? [];
  return { figure: 'JavaScript of the first load of /live, KB Brotli', measured, target: `≤ ${target}` };
}

async function openLive(page: Page, { url, cookie }: Desk): Promise<Page> {
  const [name = '', value = ''] = cookie.split('=');
  await page.context().addCookies([{ name, value, url }]);
  await watch(page);
  await page.goto('/live');
  await page.locator('[data-state="live"]').first().waitFor();
  return page;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const PACE = { seconds: SECONDS, eventsPerSecond: 200 };

async function commitToPixels(page: Page, desk: Desk, owner: Client): Promise<Row[]> {
  const cards = await makeCards(desk);
  await edit(desk, cards, { ...PACE, seconds: 3 }); // warms up
  await noticed(page);
  await edit(desk, cards, PACE);
  await sleep(1_000);
  const { painted, layoutShift, rows } = await noticed(page);
  const occurred = await occurredAt(
    owner,
    painted.map(([position]) => position),
  );
  const latencies = painted.flatMap(([position, at]) => (occurred.has(position) ? [at - (occurred.get(position) as number)] : []));
  return [
    {
      figure: `write to pixels at ${PACE.eventsPerSecond} events/s, p50 ms (${latencies.length} change sets)`,
      measured: quantile(latencies, 0.5).toFixed(0),
      target: '',
    },
    { figure: 'the same, p99 ms', measured: quantile(latencies, 0.99).toFixed(0), target: '≤ 150' },
    { figure: 'layout shift meanwhile', measured: layoutShift.toFixed(4), target: '0' },
    { figure: 'rows in the page at most', measured: rows, target: '≤ 60' },
  ];
}

async function occurredAt(owner: Client, positions: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await owner.query<{ position: string; at: string }>(
    'select position, extract(epoch from occurred_at) * 1000 as at from audit_event where position = any($1::bigint[])',
    [positions],
  );
  return new Map(rows.map(({ position, at }) => [Number(position), Number(at)]));
}

async function scrolling(page: Page, desk: Desk): Promise<Row[]> {
  const cards = await makeCards(desk);
  await page.mouse.move(500, 500);
  const editing = edit(desk, cards, { ...PACE, seconds: SCROLLING });
  await noticed(page);
  for (const until = Date.now() + SCROLLING * 1_000; Date.now() < until;) {
    await page.mouse.wheel(0, 240);
    await sleep(30);
  }
  const { frames, rows, layoutShift } = await noticed(page);
  await editing;
  await page.keyboard.press('t');
  await page.locator('[data-state="live"]').first().waitFor();
  return [
    { figure: 'frames a second while scrolling as events arrive', measured: (1_000 / mean(frames)).toFixed(0), target: '60' },
    { figure: 'the same, ms between frames, median', measured: median(frames).toFixed(1), target: '16.7' },
    { figure: 'the same, p95', measured: quantile(frames, 0.95).toFixed(1), target: '≤ 17' },
    { figure: 'layout shift meanwhile', measured: layoutShift.toFixed(4), target: '0' },
    { figure: 'rows in the page at most', measured: rows, target: '≤ 60' },
  ];
}

async function flooded(page: Page, owner: Client): Promise<Row[]> {
  await noticed(page);
  const pressing = new AbortController();
  const presses = press(page, pressing.signal);
  await flood(owner, FLOOD);
  pressing.abort();
  await presses;
  const { delays, frames } = await noticed(page);
  const head = async () => Number((await owner.query<{ position: string }>('select position from audit_head')).rows[0]?.position);
  const waiting = async () => Number((await owner.query<{ n: string }>('select count(*) as n from audit_inbox')).rows[0]?.n);
  while ((await waiting()) > 0) await sleep(100);
  await sleep(2_000);
  const newest = Math.max(
    ...(await page.locator('[data-open]').evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['open'])))),
  );
  const told = Number(/([\d,]+) events?/.exec((await page.locator('header').allTextContents()).join(' '))?.[1]?.replaceAll(',', ''));
  return [
    {
      figure: `input delay at ${FLOOD.eventsPerSecond} events/s for ${FLOOD.seconds} s, at most, ms (${delays.length} presses)`,
      measured: Math.max(...delays).toFixed(0),
      target: '≤ 100',
    },
    { figure: 'the same, p95', measured: quantile(delays, 0.95).toFixed(0), target: '' },
    { figure: 'ms between frames meanwhile, median', measured: median(frames).toFixed(0), target: '' },
    { figure: 'events that the page was not told', measured: (await head()) - told, target: '0' },
    { figure: 'positions between its newest row and the log’s head', measured: (await head()) - newest, target: '0' },
  ];
}

/** Presses where nothing happens, twice a second. */
async function press(page: Page, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await page.mouse.click(640, 20);
    await sleep(500);
  }
}
