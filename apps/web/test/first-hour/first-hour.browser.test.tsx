import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { foldingPreference } from '../../src/ui/preferences.ts';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { cutLines } from '../fake/handlers.ts';
import { PEOPLE } from '../fake/people.ts';
import { afternoon, DEMO, past } from '../fake/scenes.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';
import { steady } from '../steady.ts';

// What a supervisor does in her first hour, from one end to the other.

/** The machine may be busy with other things. */
const PATIENCE = { timeout: 30_000 };

const card = makeCard();
const out = [{ field: 'check_out_time', old: '2026-11-03T16:00:00Z', new: '2026-11-03T15:30:00Z' }];
const event = (position: number) => makeEvent(position, { card, workDate: '2026-11-03', changes: out });
const events = (first: number, count: number) => Array.from({ length: count }, (_, index) => event(first + index));

function worldWith(count: number): World {
  const world = new World();
  world.events = past(1000, count, [card]);
  return world;
}

const status = () => document.querySelector('[data-state]')?.textContent;
const list = () => page.getByRole('list', { name: 'Changes, newest first' }).element();
const scroller = () => list().parentElement as HTMLElement;
const positions = () => [...document.querySelectorAll<HTMLElement>('[data-open]')].map((row) => Number(row.dataset['open']));
const topOf = (position: number) => Math.round(document.querySelector(`[data-open="${position}"]`)?.getBoundingClientRect().top ?? NaN);

/** Reads from the newest row, once it is there, down to the row of a position, as somebody does who scrolls on. @returns what was there, newest first. */
async function readDown(newest: number, last: number): Promise<number[]> {
  const seen = new Set<number>();
  scroller().scrollTop = 0;
  // What was missed may come a while after the line stands again.
  await expect.poll(() => Math.max(...positions()), PATIENCE).toBe(newest);
  await vi.waitFor(
    () => {
      for (const position of positions()) seen.add(position);
      if (seen.has(last)) return;
      // As far as is drawn, and no further: what a busy machine hasn't drawn yet nobody has read.
      scroller().scrollTop += topOf(Math.min(...positions())) - scroller().getBoundingClientRect().top;
      throw new Error(`${last} is not in sight yet`);
    },
    { timeout: 60_000, interval: 20 },
  );
  return [...seen].filter((position) => position >= last).toSorted((one, other) => other - one);
}

const descending = (newest: number, oldest: number) => Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);

describe('reading what moves', () => {
  // What was told is counted in rows.
  beforeEach(() => foldingPreference.set('off'));

  test('AUD-20: paused, read and caught up, not one row is missing or there twice', async () => {
    await open('/live', worldWith(40));
    await expect.poll(status, PATIENCE).toBe('Live');
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(status, PATIENCE).toBe('Paused by you');
    const shown = () => positions().join();
    const before = await steady(shown);
    for (let batch = 0; batch < 12; batch++) current().commit(...events(1001 + batch * 10, 10));
    await expect.element(page.getByRole('button', { name: '120 new' })).toBeVisible();
    expect(await steady(shown)).toBe(before);
    await page.getByRole('button', { name: '120 new' }).click();
    await expect.poll(status, PATIENCE).toBe('Live');
    expect(await readDown(1120, 961)).toEqual(descending(1120, 961));
  });

  test('AUD-20: scrolled while two hundred events a second come, the row under the eye stays, few rows exist, none is lost', async () => {
    await open('/live', worldWith(400));
    await expect.poll(status, PATIENCE).toBe('Live');
    let newest = 1000;
    /** A quarter of a second. */
    const traffic = async () => {
      for (let batch = 0; batch < 5; batch++) {
        current().commit(...events(newest + 1, 10));
        newest += 10;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await traffic();
    // Away from the top: from here on everything that comes waits.
    scroller().scrollTop = 900;
    await expect.poll(status, PATIENCE).toBe('Paused while you scroll');
    for (let step = 0; step < 12; step++) {
      const coming = traffic();
      scroller().scrollTop += 120;
      await expect.poll(() => positions().length).toBeGreaterThan(3);
      const read = await steady(() => positions().find((position) => topOf(position) > scroller().getBoundingClientRect().top) ?? 0);
      const top = await steady(() => topOf(read));
      await coming;
      expect(await steady(() => topOf(read))).toBe(top);
      expect(list().querySelectorAll('li').length).toBeLessThanOrEqual(60);
    }
    expect(newest).toBe(1650);
    scroller().scrollTop = 0;
    await expect.poll(status, PATIENCE).toBe('Live');
    expect(await readDown(newest, 990)).toEqual(descending(newest, 990));
  });

  test('AUD-21: a line that is gone, try after try: said in words, what is read stays, and afterwards nothing is missing', async () => {
    await open('/live', worldWith(20));
    await expect.poll(status, PATIENCE).toBe('Live');
    const shown = () => positions().join();
    const read = await steady(shown);
    const world = current();
    world.gone = true;
    cutLines();
    world.followers.clear();
    await expect.poll(status).toMatch(/^Offline since \d\d:\d\d · retry/);
    const tried = world.tries;
    for (let batch = 0; batch < 6; batch++) world.commit(...events(1001 + batch * 10, 10));
    await expect.poll(() => world.tries, { timeout: 30_000 }).toBeGreaterThan(tried + 2);
    await expect.poll(status).toMatch(/^Offline since/);
    expect(await steady(shown)).toBe(read);
    world.gone = false;
    await expect.poll(status, { timeout: 30_000 }).toBe('Live');
    expect(await readDown(1060, 981)).toEqual(descending(1060, 981));
  });

  test('AUD-21: beside a timecard as well a line that is gone is said without a cut', async () => {
    await page.viewport(1280, 800);
    const world = worldWith(20);
    world.cards = [card];
    await open(`/timecards/${card.id}`, world);
    await expect.poll(status, PATIENCE).toBe('Live');
    vi.spyOn(Math, 'random').mockReturnValue(20);
    onTestFinished(() => void vi.restoreAllMocks());
    world.gone = true;
    cutLines();
    await expect.poll(status).toMatch(/retry in \d\d s$/);
    const said = document.querySelector('[data-state] [title]') as HTMLElement;
    expect(said.scrollWidth).toBeLessThanOrEqual(said.clientWidth);
  });

  test('AUD-21: a network that is back ends the wait between two tries, however long that is', async () => {
    await open('/live', worldWith(20));
    await expect.poll(status, PATIENCE).toBe('Live');
    const world = current();
    // Nobody would live to see the next try.
    vi.spyOn(Math, 'random').mockReturnValue(100_000);
    onTestFinished(() => void vi.restoreAllMocks());
    world.gone = true;
    cutLines();
    world.followers.clear();
    await expect.poll(status).toMatch(/^Offline since \d\d:\d\d · retry in \d{4,} s/);
    world.commit(...events(1001, 5));
    world.gone = false;
    window.dispatchEvent(new Event('online'));
    await expect.poll(status, PATIENCE).toBe('Live');
    expect(await readDown(1005, 996)).toEqual(descending(1005, 996));
  });
});

describe('a view that is shared', () => {
  const LOOK = { width: 1280, height: 800 };

  test('AUD-22: what one person filters, another one sees row by row from the address, in their own zone', async () => {
    await page.viewport(LOOK.width, LOOK.height);
    const first = afternoon(60);
    const forgotten = first.events.filter(({ action, reason }) => action === 'admin_edit' && reason?.includes('Forgot'));
    const mine = await open('/live', first);
    await expect.poll(status, PATIENCE).toBe('Live');
    await page.getByRole('button', { name: 'Action' }).click();
    await page.getByRole('checkbox', { name: /Admin edit/ }).click();
    await userEvent.keyboard('{Escape}');
    await page.getByRole('searchbox').fill('Forgot');
    await expect.poll(mine.address, PATIENCE).toMatch(/action=admin_edit.*text=Forgot/);
    await expect.poll(() => positions().length, PATIENCE).toBeGreaterThan(2);
    await expect.element(page.getByText(`${forgotten.length} events`, { exact: true }), PATIENCE).toBeVisible();
    const shown = positions();
    const address = mine.address();

    const world = afternoon(60);
    const [, second] = PEOPLE;
    world.user = {
      ...(world.user as NonNullable<World['user']>),
      id: second?.id ?? '',
      name: second?.name ?? '',
      time_zone: 'America/New_York',
    };
    const theirs = await open(address, world);
    await expect.poll(status, PATIENCE).toBe('Live');
    await expect.poll(positions, PATIENCE).toEqual(shown);
    expect(theirs.address()).toBe(address);
    await expect.element(page.getByRole('searchbox')).toHaveValue('Forgot');
  });
});

describe('everything by keyboard alone', () => {
  /** Goes on with Tab until the focus is there. */
  async function tabTo(name: RegExp | string, role: Parameters<typeof page.getByRole>[0] = 'button') {
    const wanted = () => page.getByRole(role, { name }).elements();
    await expect.poll(() => wanted().length, PATIENCE).toBeGreaterThan(0);
    for (let presses = 0; presses < 80; presses++) {
      if (wanted().includes(document.activeElement as HTMLElement)) return;
      await userEvent.keyboard('{Tab}');
    }
    throw new Error(`${String(name)} is not reached by Tab; the focus is on ${document.activeElement?.outerHTML.slice(0, 200)}`);
  }

  test('signing in, watching, pausing, filtering, reading an event, opening its card, correcting it, deciding, and signing out', async () => {
    const world = Object.assign(afternoon(20), { user: null, demo: DEMO });
    const { address } = await open('/live', world);
    await expect.poll(address, PATIENCE).toMatch(/^\/sign-in/);
    await tabTo('Mail address', 'textbox');
    await userEvent.keyboard('anna@example.com{Tab}demo{Enter}');
    await expect.poll(address, PATIENCE).toBe('/live');
    await expect.poll(status, PATIENCE).toBe('Live');

    await userEvent.keyboard(' ');
    await expect.poll(status, PATIENCE).toBe('Paused by you');
    await userEvent.keyboard(' ');
    await expect.poll(status, PATIENCE).toBe('Live');

    await tabTo('Action');
    await userEvent.keyboard('{Enter}');
    await tabTo(/Timecard approved/, 'checkbox');
    await userEvent.keyboard(' {Escape}');
    await expect.poll(address, PATIENCE).toBe('/live?action=timecard_approved');
    await tabTo('Remove the filter Action');
    await userEvent.keyboard('{Enter}');
    await expect.poll(address, PATIENCE).toBe('/live');

    await expect.element(page.getByRole('button', { name: 'Action' })).toHaveFocus();
    await expect.poll(status, PATIENCE).toBe('Live');
    await expect.poll(() => positions().length, PATIENCE).toBeGreaterThan(5);
    await userEvent.keyboard('jo');
    await expect.poll(address, PATIENCE).toMatch(/^\/live\/e\/\d+$/);
    await tabTo('Open timecard', 'link');
    await userEvent.keyboard('{Enter}');
    await expect.poll(address, PATIENCE).toMatch(/^\/timecards\/[0-9a-f-]+$/);

    await tabTo('Edit');
    await userEvent.keyboard('{Enter}');
    await tabTo('Daily Check Out, Mon 2 Nov', 'textbox');
    await userEvent.keyboard('{Control>}a{/Control}1628');
    await tabTo('Reason', 'textbox');
    await userEvent.keyboard('Gate log');
    await tabTo('Save');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => world.commands.at(-1), PATIENCE).toMatchObject({ path: 'timecards.update', input: { reason: 'Gate log' } });

    await userEvent.keyboard('{Control>}k{/Control}');
    await expect.element(page.getByRole('combobox')).toHaveFocus();
    await userEvent.keyboard('timecards{Enter}');
    await expect.poll(address, PATIENCE).toBe('/timecards');
    await tabTo(/Sara Lindqvist/, 'link');
    await userEvent.keyboard('{Enter}');
    await tabTo('Reject');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('dialog').getByRole('textbox')).toHaveFocus();
    await userEvent.keyboard('The gate log says 18:20');
    await tabTo('Reject');
    await userEvent.keyboard('{Enter}');
    await expect
      .poll(() => world.commands.at(-1))
      .toMatchObject({ path: 'timecards.reject', input: { reason: 'The gate log says 18:20' } });

    await tabTo(/Anna Berg/);
    await userEvent.keyboard('{Enter}');
    await tabTo('Sign out');
    await userEvent.keyboard('{Enter}');
    await expect.poll(address, PATIENCE).toMatch(/^\/sign-in/);
  });
});
