// `npm run screenshots`: the pictures of the documentation, from the real server with its demonstration.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { freePort } from '@countersign/postgres/free-port';
import { launchBrowser } from '@countersign/testing/browser';
import { eventually } from '@countersign/testing/eventually';
import { ServerProcess } from './server-process.ts';

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const SUPERVISOR = { email: 'supervisor@example.com', password: 'countersign-demo' };

const folder = mkdtempSync(join(tmpdir(), 'countersign-pictures-'));
chmodSync(folder, 0o711);
mkdirSync(IMAGES, { recursive: true });
const server = new ServerProcess({ PORT: String(await freePort()), DATA_DIR: join(folder, 'data'), DEMO: 'true' });
await server.start();
const written = async () =>
  ((await (await fetch(`${server.url}/api/session`)).json()) as { demo: { progress: unknown } }).demo.progress === null;
await eventually(written, { timeout: 180_000, interval: 500 });
const browser = await launchBrowser();
for (const theme of ['light', 'dark'] as const) {
  await take(browser, { name: `live-${theme}`, theme, width: 1280, path: '/live' });
  await take(browser, { name: `timecard-${theme}`, theme, width: 1280, path: await richestCard() });
}
await take(browser, { name: 'live-phone', theme: 'light', width: 360, path: '/live' });
await browser.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });

interface Picture {
  readonly name: string;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly path: string;
}

async function take(with_: Browser, { name, theme, width, path }: Picture): Promise<void> {
  const page = await with_.newPage({
    baseURL: server.url,
    viewport: { width, height: width < 600 ? 740 : 860 },
    colorScheme: theme,
    deviceScaleFactor: 2,
  });
  await signIn(page);
  await page.goto(path);
  await page.locator('[data-set]').first().waitFor();
  await page.locator('[data-state="live"]').first().waitFor();
  await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' });
  await page.context().close();
}

async function signIn(page: Page): Promise<void> {
  await page.request.post('/api/auth/sign-in/email', { data: SUPERVISOR, headers: { origin: server.url } });
}

/** The supervisor's card with the longest trail. */
async function richestCard(): Promise<string> {
  const page = await browser.newPage({ baseURL: server.url });
  await signIn(page);
  const { data } = (await (await page.request.get('/api/audit-logs?limit=500')).json()) as {
    data: { root_type: string; root_id: string; change_id: string }[];
  };
  const sets = new Map<string, Set<string>>();
  for (const row of data) if (row.root_type === 'Timecard') sets.set(row.root_id, (sets.get(row.root_id) ?? new Set()).add(row.change_id));
  const [richest] = [...sets].sort(([, a], [, b]) => b.size - a.size);
  await page.context().close();
  return `/timecards/${richest?.[0]}`;
}
