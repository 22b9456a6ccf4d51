import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '@countersign/testing/browser';
import { type House, house, temporaryFolder } from './house.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PATIENCE = { timeout: 30_000 };
const PEOPLE = 25;
const DAYS = 10;

let home: House;
let browser: Browser;
let folder: ReturnType<typeof temporaryFolder>;

beforeAll(async () => {
  folder = temporaryFolder();
  const pages = join(folder.path, 'pages');
  const vite = join(ROOT, 'apps', 'web', 'node_modules', 'vite', 'bin', 'vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', pages, '--logLevel', 'error'], {
    cwd: join(ROOT, 'apps', 'web'),
  });
  home = await house({ webFolder: pages });
  await home.sql(`insert into sites (id, name, time_zone) values (gen_random_uuid(), 'Estúdio Süd', 'Europe/Berlin')`);
  await home.sql(
    `insert into profiles (id, first_name, last_name, email, role) select gen_random_uuid(), 'Zoë', 'Worker ' || n, 'zoe' || n || '@example.com', 'worker' from generate_series(0, $1::int - 1) n`,
    [PEOPLE],
  );
  browser = await launchBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await home?.close();
  folder.remove();
});

/** Four punches a shift, as one clock at the door prints them: people in turn, Windows-1252, semicolons, day first. */
function thousandPunches(): Buffer {
  const lines = ['Terminal 4 - Estúdio Süd', 'Mitarbeiter;Standort;Datum;Uhrzeit;Buchung'];
  for (let day = 0; day < DAYS; day += 1) {
    const date = `${String(2 + day + 2 * Math.floor(day / 5)).padStart(2, '0')}.11.2026`;
    for (const [time, kind] of [
      ['08:00', 'Kommen'],
      ['12:00', 'Pause'],
      ['12:30', 'Pause'],
      ['17:00', 'Gehen'],
    ])
      for (let n = 0; n < PEOPLE; n += 1) lines.push(`Worker ${n}, Zoë;Estúdio Süd;${date};${time};${kind}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
}

async function signedIn(email: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: home.url, viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  await context.addCookies([{ name: 'countersign_session', value: await home.token(email), url: home.url }]);
  return context.newPage();
}

const upload = (page: Page, buffer: Buffer, name = 'november.csv') =>
  page.getByLabel('File of the time clock').setInputFiles({ name, mimeType: 'text/csv', buffer });

test('TC-12: a thousand punches in a real browser: shown, mended, confirmed, one change set in the live page; the export changes nothing', async () => {
  const page = await signedIn((await home.person('manager', 'Mona')).email);
  await page.goto('/timecards/import');

  // One line is wrong: it is named, and nothing can be confirmed.
  const file = thousandPunches();
  const broken = Buffer.from(file.toString('latin1').replace('02.11.2026;17:00;Gehen', '02.11.2026;17:61;Gehen'), 'latin1');
  await upload(page, broken);
  await page.getByLabel('What “Mitarbeiter” holds').waitFor(PATIENCE);
  expect(await page.getByLabel('Letters are written in').inputValue()).toBe('windows-1252');
  expect(await page.getByLabel('Headings stand on').inputValue()).toBe('2');
  expect(await page.getByLabel('What “Standort” holds').inputValue()).toBe('site');
  await page.getByRole('button', { name: 'Show what would happen' }).click();
  // The line of the out, and the in that has none any more before the next one.
  await page.getByText('"17:61" is on no clock', { exact: false }).waitFor(PATIENCE);
  await page.getByText('Nothing can be imported yet', { exact: false }).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the errors' }).click();
  expect((await download).suggestedFilename()).toBe('november errors.csv');
  expect(await home.sql('select 1 from timecard_headers')).toEqual([]);

  // Mended: a thousand punches, two hundred and fifty shifts, fifty timecards.
  await page.getByRole('button', { name: 'Choose another file' }).click();
  await upload(page, file);
  await page.getByRole('button', { name: 'Show what would happen' }).click();
  await page
    .getByText('1,000 lines of 25 people, from 2 Nov 2026 to 13 Nov 2026: 50 timecards to be made', { exact: false })
    .waitFor(PATIENCE);
  await page.getByLabel('Reason').fill('hours of terminal 4');
  await page.getByRole('button', { name: 'Import 250 shifts' }).click();
  await page.getByText('250 new shifts and 0 changed shifts: 50 timecards made', { exact: false }).waitFor(PATIENCE);

  // All of it is one change set, which the live page shows by itself.
  await page.getByRole('link', { name: 'See every change' }).click();
  await page.getByText('Change set:', { exact: false }).waitFor(PATIENCE);
  await page.locator('[data-set]').first().waitFor(PATIENCE);
  const shown = new URL(page.url()).searchParams.get('set');
  const sets = await home.sql<{ change_id: string; channel: string; reason: string; events: string }>(
    `select change_id, channel, reason, count(*) as events from audit_event where channel = 'import' group by 1, 2, 3`,
  );
  expect(sets).toEqual([{ change_id: shown, channel: 'import', reason: 'hours of terminal 4', events: '301' }]);
  for (const set of await page.locator('[data-set]').all()) expect(await set.getAttribute('data-set')).toBe(shown);

  // The list has them, and its export is nothing new.
  await page.goto('/timecards');
  await page.getByText('50 of 50', { exact: false }).waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Export' }).click();
  const exported = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download what the list shows' }).click();
  const path = await (await exported).path();
  await page.goto('/timecards/import');
  await page.getByLabel('File of the time clock').setInputFiles(path);
  await page.getByRole('button', { name: 'Show what would happen' }).click();
  await page.getByText('There is nothing to import', { exact: false }).waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Unchanged 250' }).waitFor();
}, 180_000);
