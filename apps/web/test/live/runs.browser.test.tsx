import { describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { densityPreference, foldingPreference } from '../../src/ui/preferences.ts';
import { expectAccessible } from '../axe.ts';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { past } from '../fake/scenes.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';
import { steady } from '../steady.ts';

const card = makeCard();
const changes = [{ field: 'check_out_time', old: '2026-11-03T16:00:00Z', new: '2026-11-03T15:30:00Z' }];
const NOON = Date.UTC(2026, 10, 6, 12);
/** Edits by one person of one card, twenty seconds from one to the next. */
const run = (newest: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    makeEvent(newest - index, { card, changes, occurredAt: new Date(NOON - index * 20_000).toISOString() }),
  );

/** Five edits in a row, and below them as many events of all kinds as wanted. */
function worldWithRun(below = 30): World {
  const world = new World();
  world.events = [...run(2000, 5), ...past(1995, below, [makeCard(), makeCard(), card])];
  return world;
}

const row = (position: number) => page.getByRole('link', { name: `Open event #${position}` });
const fold = () => page.getByRole('button', { name: '4 earlier changes by Anna Berg to this record, 12:58–12:59' });
const status = () => document.querySelector('[data-state]')?.textContent;
const scroller = () => document.querySelector('[aria-label="Feed"]') as HTMLElement;
const topOf = (position: number) => Math.round(document.querySelector(`[data-open="${position}"]`)?.getBoundingClientRect().top ?? NaN);

describe('runs by one person', () => {
  test('fold behind one row, which unfolds them and folds them again', async () => {
    await open('/live', worldWithRun());
    await expect.element(row(2000)).toBeVisible();
    await expect.element(fold()).toHaveAttribute('aria-expanded', 'false');
    expect(row(1999).elements()).toHaveLength(0);
    const top = () => fold().element().getBoundingClientRect().top;
    const before = await steady(top);
    await fold().click();
    await expect.element(row(1999)).toBeVisible();
    await expect.element(row(1996)).toBeVisible();
    await expect.element(fold()).toHaveAttribute('aria-expanded', 'true');
    await expect.poll(status).toBe('Paused while you read');
    expect(await steady(top)).toBe(before);
    await expectAccessible();
    await page.viewport(1280, 800);
    await fold().click();
    await expect.poll(() => row(1999).elements().length).toBe(0);
    await expect.element(fold()).toHaveFocus();
  });

  test('J and K walk over the rows that are seen', async () => {
    await open('/live', worldWithRun());
    await expect.element(fold()).toBeVisible();
    await userEvent.keyboard('jj');
    await expect.element(row(1995)).toHaveFocus();
    await userEvent.keyboard('k');
    await expect.element(row(2000)).toHaveFocus();
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    await expect.element(row(1999)).toBeVisible();
    await userEvent.keyboard('j');
    await expect.element(row(1999)).toHaveFocus();
  });

  test('AUD-22: the address of an event behind a fold unfolds it, and closing it leaves it so', async () => {
    await open('/live/e/1998', worldWithRun());
    await expect.element(row(1998)).toBeInViewport();
    await page.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => page.getByRole('complementary').elements().length).toBe(0);
    await expect.element(row(1998)).toBeVisible();
    await fold().click();
    await expect.poll(() => row(1998).elements().length).toBe(0);
  });

  test('AUD-20: what comes in folds what it goes on from; a decision stays to be seen', async () => {
    await open('/live', worldWithRun());
    await expect.poll(status).toBe('Live');
    const at = (seconds: number) => ({ card, occurredAt: new Date(NOON + seconds * 1000).toISOString() });
    current().commit(makeEvent(2001, { ...at(20), changes }));
    await expect.element(page.getByRole('button', { name: /^5 earlier changes by Anna Berg/ })).toBeVisible();
    await expect.element(row(2001)).toBeVisible();
    current().commit(
      makeEvent(2002, { ...at(40), action: 'timecard_approved', changes: [{ field: 'status', old: 'submitted', new: 'approved' }] }),
    );
    current().commit(...[2003, 2004, 2005].map((position) => makeEvent(position, { ...at(60), changes })));
    await expect.element(page.getByRole('button', { name: /^2 earlier changes by Anna Berg/ })).toBeVisible();
    await expect.element(row(2002)).toBeVisible();
    await expect.element(row(2001)).toBeVisible();
  });

  test('while somebody reads, what is loaded below folds nothing that is shown', async () => {
    const world = new World();
    // The first screen ends in the middle of a run: two of its sets are rows.
    world.events = [...past(2200, 98, [makeCard(), makeCard()]), ...run(2102, 200)];
    let answer = () => {};
    const waits = new Promise<void>((resolve) => (answer = resolve));
    const first = world.answer.bind(world);
    world.answer = (path, input) =>
      path === 'audit.page' && (input as { before?: number }).before !== undefined
        ? waits.then(() => first(path, input))
        : first(path, input);
    await open('/live', world);
    await expect.element(row(2200)).toBeVisible();
    await vi.waitFor(
      () => {
        scroller().scrollTop = scroller().scrollHeight;
        expect(topOf(2101)).not.toBeNaN();
      },
      { timeout: 15_000 },
    );
    scroller().scrollTop -= 40;
    const before = await steady(() => topOf(2101));
    answer();
    await expect.element(page.getByRole('button', { name: /^\d+ earlier changes by Anna Berg/ }).first()).toBeInTheDocument();
    expect(await steady(() => topOf(2101))).toBe(before);
  });
});

describe('the view', () => {
  const openMenu = () => page.getByRole('button', { name: 'View' }).click();

  test('runs that somebody doesn’t want to fold are all rows, here and after a reload', async () => {
    await open('/live', worldWithRun());
    await expect.element(fold()).toBeVisible();
    await openMenu();
    await page.getByRole('checkbox', { name: /Fold runs/ }).click();
    await userEvent.keyboard('{Escape}');
    await expect.element(row(1998)).toBeVisible();
    expect(fold().elements()).toHaveLength(0);
    expect(localStorage.getItem('countersign.folding')).toBe('off');
  });

  test('compact rows are one line where that has room, and the list knows how high they are', async () => {
    await open('/live', worldWithRun(300));
    await expect.element(row(2000)).toBeVisible();
    const heightOf = () => document.querySelector('[data-set]')?.getBoundingClientRect().height ?? 0;
    const comfortable = await steady(heightOf);
    await openMenu();
    await page.getByRole('radio', { name: 'Compact' }).click();
    await userEvent.keyboard('{Escape}');
    await expect.poll(heightOf).toBeLessThan(comfortable);
    expect(await steady(heightOf)).toBeLessThanOrEqual(36);
    expect(document.querySelectorAll('[aria-label="Changes, newest first"] > li').length).toBeLessThanOrEqual(60);
    expect(localStorage.getItem('countersign.density')).toBe('compact');
  });

  test('rows that come to stand closer leave the one that is read where it is', async () => {
    await open('/live', worldWithRun(300));
    await expect.element(row(2000)).toBeVisible();
    scroller().scrollTop = 3000;
    await expect.poll(status).toBe('Paused while you scroll');
    const first = () => {
      const edge = scroller().getBoundingClientRect().top;
      const rows = [...document.querySelectorAll<HTMLElement>('[data-set]')].filter((one) => one.getBoundingClientRect().bottom > edge + 2);
      return rows.toSorted((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)[0]?.dataset['set'];
    };
    await expect.poll(first).toBeDefined();
    const before = await steady(first);
    densityPreference.set('compact');
    await expect.poll(() => document.querySelector('[data-set]')?.getBoundingClientRect().height).toBeLessThan(60);
    expect(await steady(first)).toBe(before);
    foldingPreference.set('off');
    await expect.poll(() => fold().elements().length).toBe(0);
    expect(await steady(first)).toBe(before);
  });

  test('it is there at 360 px, and nobody objects to any of it', async () => {
    await page.viewport(360, 780);
    await open('/live', worldWithRun());
    await expect.element(fold()).toBeVisible();
    await openMenu();
    await page.getByRole('radio', { name: 'Compact' }).click();
    await expectAccessible();
    await userEvent.keyboard('{Escape}');
    await expectAccessible();
  });

  test('no row is made of more than sixty elements', async () => {
    for (const density of ['comfortable', 'compact'] as const) {
      densityPreference.set(density);
      await open('/live', worldWithRun(200));
      await expect.element(row(2000)).toBeVisible();
      const most = Math.max(
        ...[...document.querySelectorAll('[aria-label="Changes, newest first"] > li')].map((one) => one.querySelectorAll('*').length),
      );
      expect(most, density).toBeLessThanOrEqual(60);
    }
  });
});
