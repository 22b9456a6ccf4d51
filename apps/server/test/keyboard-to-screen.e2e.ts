import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@countersign/postgres/free-port';
import { launchBrowser } from '@countersign/testing/browser';
import { eventually } from '@countersign/testing/eventually';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PATIENCE = { timeout: 30_000, interval: 100 };

// Pages are built and weeks are made up before anything can be looked at: three minutes, on a machine that had much else to do.
const BEGINNING = 480_000;

let folder: string;
let url: string;
let browser: Browser | undefined;
let tree: ChildProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-e2e-'));
  chmodSync(folder, 0o711);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await npmStart(port);
  await eventually(
    async () => ((await (await fetch(`${url}/api/session`)).json()) as { demo: { progress: unknown } }).demo.progress === null,
    { timeout: 300_000, interval: 500 },
  );
  browser = await launchBrowser();
}, BEGINNING);

afterAll(async () => {
  await browser?.close();
  const ended = once(tree, 'exit');
  tree.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

/** What a newcomer types, in a terminal of their own: nothing of the test runner's environment. */
async function npmStart(port: number): Promise<void> {
  const own = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'NPM_CONFIG_USERCONFIG'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const env = { ...Object.fromEntries(own), DEMO: 'true', PORT: String(port), DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' };
  let output = '';
  tree = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [tree.stdout, tree.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()));
  const ready = async () => {
    if (tree.exitCode !== null) throw new Error(`npm start ended with ${tree.exitCode}`);
    return (await fetch(`${url}/readyz`)).ok;
  };
  await eventually(ready, { timeout: 180_000, interval: 100 }).catch((cause: unknown) => {
    throw new Error(`npm start serves nothing:\n${output}`, { cause });
  });
}

/** The server process of this start: it alone has this data folder in its environment and runs main.ts. */
function serverPid(): number {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const mine = pids.find(
    (pid) => textOf(`/proc/${pid}/cmdline`).includes('apps/server/src/main.ts') && textOf(`/proc/${pid}/environ`).includes(folder),
  );
  if (mine === undefined) throw new Error('no server process was found');
  return mine;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it ended meanwhile, or isn't ours
  }
}

async function signedIn(name: string): Promise<Page> {
  const context = await (browser as Browser).newContext({ baseURL: url, viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  const answer = await context.request.post('/api/auth/sign-in/email', {
    data: { email: `${name}@example.com`, password: 'countersign-demo' },
    headers: { origin: url },
  });
  expect(answer.status()).toBe(200);
  return page;
}

interface Card {
  readonly id: string;
  readonly version: number;
  readonly period_start: string;
  readonly time_zone: string;
  readonly check_out_time: string | null;
}

/** A draft of one day that belongs to the worker. */
async function draftOf(page: Page): Promise<Card> {
  const answer = await page.request.get('/api/timecards?status=draft&limit=100');
  const { data } = (await answer.json()) as { data: { id: string; period_start: string; period_end: string }[] };
  const card = data.find((one) => one.period_start === one.period_end);
  return (await (await page.request.get(`/api/timecards/${card?.id}`)).json()) as Card;
}

/** The change sets that a page shows, newest first. */
async function shownSets(page: Page): Promise<(string | null)[]> {
  const sets = await page.locator('[data-set]').all();
  return Promise.all(sets.map((set) => set.getAttribute('data-set')));
}

/** The same as the log has them for this viewer, asked over REST. */
async function recordedSets(page: Page, path: string): Promise<string[]> {
  const answer = await page.request.get(`${path}?grouped=true&limit=100`);
  expect(answer.status()).toBe(200);
  return ((await answer.json()) as { data: { change_id: string }[] }).data.map((set) => set.change_id);
}

/** All change sets of the log, those that changed no field too; the feed reads the same a page at a time, and goes on from there. */
async function sets(page: Page): Promise<string[]> {
  const answer = await page.request.get(`/trpc/audit.page?input=${encodeURIComponent(JSON.stringify({ limit: 500 }))}`);
  expect(answer.status()).toBe(200);
  const { result } = (await answer.json()) as { result: { data: { events: { changeId: string }[] } } };
  return [...new Set(result.data.events.map(({ changeId }) => changeId))];
}

const inState = (page: Page, state: string) => page.locator(`[data-state="${state}"]`).first().waitFor({ timeout: 30_000 });

describe("AUD-20 AUD-21 from one person's keyboard to another's screen", () => {
  it('an edit shows live on the other page and feed, and after kill -9 and a new start both go on, nothing missing or doubled', async () => {
    const [worker, supervisorsCard, supervisorsFeed] = await Promise.all([
      signedIn('worker'),
      signedIn('supervisor'),
      signedIn('supervisor'),
    ]);
    const card = await draftOf(worker);
    await Promise.all([worker.goto(`/timecards/${card.id}`), supervisorsCard.goto(`/timecards/${card.id}`), supervisorsFeed.goto('/live')]);
    for (const page of [supervisorsCard, supervisorsFeed]) await inState(page, 'live');

    await editCheckOut(worker, '18:41');
    await supervisorsCard.getByText('18:41').first().waitFor(PATIENCE);
    await supervisorsFeed.getByText('18:41').first().waitFor(PATIENCE);

    process.kill(serverPid(), 'SIGKILL');
    await once(tree, 'exit');
    await inState(supervisorsFeed, 'offline');
    await npmStart(Number(new URL(url).port));
    // Written while the pages may still be away: they must find it by themselves.
    const { version } = await draftOf(worker);
    const patched = await worker.request.patch(`/api/timecards/${card.id}`, {
      data: { version, check_out_time: `${card.period_start}T18:52:00${offsetAt(card)}` },
      headers: { origin: url },
    });
    expect([patched.status(), patched.ok() ? '' : await patched.text()]).toEqual([200, '']);

    await supervisorsCard.getByText('18:52').first().waitFor(PATIENCE);
    await supervisorsFeed.getByText('18:52').first().waitFor(PATIENCE);
    for (const page of [supervisorsCard, supervisorsFeed]) await inState(page, 'live');

    // The card's own times may have come before its trail, and what is recorded just now comes a moment later.
    const recorded = `/api/timecards/${card.id}/audit-logs`;
    await eventually(async () => expect(await shownSets(supervisorsCard)).toEqual(await recordedSets(supervisorsCard, recorded)), PATIENCE);
    await eventually(async () => {
      const feed = await shownSets(supervisorsFeed);
      expect(feed.length).toBeGreaterThan(5);
      expect(feed).toEqual((await sets(supervisorsFeed)).slice(0, feed.length));
    }, PATIENCE);
  }, 180_000);
});

/** The card's offset from UTC on its day, such as `+02:00`: the demonstration ends today, in summer too. */
function offsetAt({ period_start, time_zone }: Card): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: time_zone, timeZoneName: 'longOffset' }).formatToParts(
    new Date(`${period_start}T17:00:00Z`),
  );
  return parts.find(({ type }) => type === 'timeZoneName')?.value.slice('GMT'.length) || '+00:00';
}

/** By the form, as the worker does. */
async function editCheckOut(page: Page, time: string): Promise<void> {
  await page.getByRole('button', { name: 'Edit' }).click();
  await page
    .getByLabel(/check out time/i)
    .first()
    .fill(time);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
}
