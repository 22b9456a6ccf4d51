import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '@countersign/client';
import { launchBrowser } from '@countersign/testing/browser';
import { eventually } from '@countersign/testing/eventually';
import { PAGES } from './built-pages.ts';
import { house, PASSWORD, type House } from './house.ts';

// The built pages, opened by somebody who was never there before: nothing is in the browser's cache.

const SIZES = [
  { width: 1280, height: 860 },
  { width: 360, height: 780 },
];

/** In the page, whose policy lets nothing be evaluated from within. */
const LETTERS_ARE_THERE = `['1em "Inter Variable"', 'italic 1em "Inter Variable"', '1em "JetBrains Mono Variable"'].every((font) => document.fonts.check(font))`;

let h: House;
let browser: Browser;
let supervisor: string;
let card: string;

beforeAll(async () => {
  h = await house({ webFolder: PAGES });
  browser = await launchBrowser();
  ({ email: supervisor } = await h.person('admin', 'Ada'));
  card = await someWork(await h.site());
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await h?.close();
});

/** A week with days, and edits of it with reasons: rows of all kinds. @returns the timecard's id. */
async function someWork(site: string): Promise<string> {
  const owner = await h.person('worker', 'Wilma');
  const at = (day: number, time: string) => `2026-11-${String(day).padStart(2, '0')}T${time}:00+01:00`;
  const { trpc, close } = createClient({ url: h.url, token: await h.token(supervisor) });
  const days = [2, 3, 4, 5, 6].map((day) => ({
    workDate: `2026-11-0${day}`,
    dailyCheckIn: at(day, '08:00'),
    dailyCheckOut: at(day, '17:30'),
    dailyBreakStart: at(day, '12:00'),
    dailyBreakEnd: at(day, '12:30'),
  }));
  const made = await trpc.timecards.create.mutate({
    person: owner.id,
    site,
    periodStart: '2026-11-02',
    periodEnd: '2026-11-08',
    entries: days,
    reason: 'Written down on paper while the clock was broken',
  });
  let { version } = made;
  for (let minute = 10; minute < 40; minute++) {
    const entries = [{ workDate: '2026-11-03', dailyCheckOut: at(3, `18:${minute}`) }];
    ({ version } = await trpc.timecards.update.mutate({ id: made.id, version, entries, reason: `Gate log shows 18:${minute}` }));
  }
  close();
  return made.id;
}

interface Shift {
  readonly value: number;
  /** Text of what moved. */
  readonly moved: readonly string[];
}

/** Opens a page for the first time, and tells what moved in it without anybody having touched it. */
async function shiftsOf(address: string, { viewport, ready }: { viewport: (typeof SIZES)[number]; ready: string }): Promise<Shift[]> {
  const context = await browser.newContext({ baseURL: h.url, viewport });
  try {
    const signedIn = await context.request.post('/api/auth/sign-in/email', {
      data: { email: supervisor, password: PASSWORD },
      headers: { origin: h.url },
    });
    expect(signedIn.status()).toBe(200);
    const page = await context.newPage();
    await page.addInitScript(NOTE_SHIFTS);
    // A machine that is busy with other things may bring the letters later than the page waits for them. Here they are in time.
    await page.route('**/api/session', async (route) => {
      await eventually(() => page.evaluate<boolean>(LETTERS_ARE_THERE));
      await route.continue();
    });
    await page.goto(address);
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState('networkidle');
    return await page.evaluate<Shift[]>('shifts');
  } finally {
    await context.close();
  }
}

/** In the page: what moves without having been touched, from its first script on. */
const NOTE_SHIFTS = `
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) shifts.push({ value, moved: sources.map(({ node }) => node?.textContent.slice(0, 60) ?? '') });
  }).observe({ type: 'layout-shift', buffered: true });
`;

describe('the first look at a page', () => {
  it.each([
    ['/live', () => '/live', '[data-set]'],
    ['a timecard', () => `/timecards/${card}`, '[data-set]'],
    ['/timecards', () => '/timecards', '[role="cell"]'],
    ['/timecards/new', () => '/timecards/new', 'form[aria-label="New timecard"]'],
    ['/notifications', () => '/notifications', 'main h2'],
  ])('nothing moves in %s while words, names and letters come in, wide and narrow', async (_, address, ready) => {
    for (const viewport of SIZES) expect(await shiftsOf(address(), { viewport, ready }), `${viewport.width} px`).toEqual([]);
  });
});
