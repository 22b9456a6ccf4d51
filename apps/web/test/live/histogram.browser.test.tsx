import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { queryClient } from '../../src/api/queries.ts';
import { expectAccessible } from '../axe.ts';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { LI, OMAR } from '../fake/people.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const card = makeCard();
const HOUR = 3_600_000;
const NOON = Date.parse('2026-11-03T12:00:00Z');

/** A day of events: so many in each hour. */
function dayWith(counts: readonly number[]): World {
  const world = new World();
  const hours = counts.flatMap((count, hour) => Array.from({ length: count }, () => hour));
  world.events = hours
    .map((hour, index) =>
      makeEvent(index + 1, {
        card,
        by: hour % 2 ? OMAR : LI,
        action: hour % 2 ? 'admin_edit' : 'user_edit',
        occurredAt: new Date(NOON + hour * HOUR + index).toISOString(),
        changes: [{ field: 'check_out_time', old: '2026-11-03T16:00:00Z', new: '2026-11-03T15:30:00Z' }],
      }),
    )
    .toReversed();
  return world;
}

const chart = () => page.getByRole('listbox', { name: /Events over time/ });
const bar = (name: string | RegExp) => page.getByRole('option', { name });
/** How many events the list has, as its header says. */
const found = () => Number(/([\d,]+) events?/.exec(document.querySelector('h1')?.parentElement?.textContent ?? '')?.[1]);
const heightOf = (element: Element) => element.firstElementChild?.getBoundingClientRect().height ?? 0;

describe('the histogram', () => {
  test('shows how many there are when, over all that the filter finds, and says so in words', async () => {
    await open('/live?tz=utc', dayWith([2, 8, 4]));
    await expect.element(bar('3 Nov, 13:00 – 13:15: 8 events')).toBeInTheDocument();
    await expect.element(bar('3 Nov, 14:00 – 14:15: 4 events')).toBeInTheDocument();
    const [eight, four] = [bar(/: 8 events/).element(), bar(/: 4 events/).element()];
    expect(heightOf(eight) / heightOf(four)).toBeCloseTo(2, 0);
    await expectAccessible();
  });

  test('of few events it makes few bars, and no wall', async () => {
    await open('/live?tz=utc', dayWith([2]));
    await expect.element(bar(/: 2 events/)).toBeInTheDocument();
    expect(
      bar(/: 2 events/)
        .element()
        .getBoundingClientRect().width,
    ).toBeLessThan(60);
  });

  test('dragging over bars shows what was recorded then, and stands in the address', async () => {
    const { address } = await open('/live?tz=utc', dayWith([2, 8, 4]));
    await expect.poll(found).toBe(14);
    await bar('3 Nov, 13:00 – 13:15: 8 events').click();
    await expect.poll(found).toBe(8);
    await expect.poll(address).toContain('from=2026-11-03T13:00:00.000Z&to=2026-11-03T13:14:59.999999Z');
    await page.getByRole('button', { name: 'Remove the filter Time' }).click();
    await expect.poll(found).toBe(14);
  });

  test('by keys alone: Shift and arrows choose, Enter shows; up to the newest bar it goes on live', async () => {
    const { address } = await open('/live?tz=utc', dayWith([2, 8, 4]));
    await expect.element(bar(/: 8 events/)).toBeInTheDocument();
    (chart().element() as HTMLElement).focus();
    await userEvent.keyboard('{Home}{End}{Shift>}{ArrowLeft}{ArrowLeft}{ArrowLeft}{/Shift}');
    expect(document.querySelectorAll('[role="option"][aria-selected="true"]').length).toBe(4);
    await userEvent.keyboard('{Enter}');
    await expect.poll(address).toContain('from=2026-11-03T13:15:00.000Z');
    await expect.poll(address).not.toContain('to=');
    await expect.poll(found).toBe(4);
    await expect.poll(() => document.querySelector('[data-state]')?.textContent).toBe('Live');
  });

  test('grows as things are recorded, without being read again', async () => {
    await open('/live?tz=utc', dayWith([2, 8, 4]));
    await expect.element(bar('3 Nov, 14:00 – 14:15: 4 events')).toBeInTheDocument();
    await expect.poll(() => document.querySelector('[data-state]')?.textContent).toBe('Live');
    const asked = () => current().asked.filter(({ path }) => path === 'audit.overview').length;
    const before = asked();
    const at = (minute: number) => new Date(NOON + 2 * HOUR + minute * 60_000).toISOString();
    current().commit(makeEvent(100, { card, by: OMAR, occurredAt: at(5) }), makeEvent(101, { card, by: OMAR, occurredAt: at(20) }));
    await expect.element(bar('3 Nov, 14:00 – 14:15: 5 events')).toBeInTheDocument();
    await expect.element(bar('3 Nov, 14:15 – 14:30: 1 event')).toBeInTheDocument();
    expect(asked()).toBe(before);
  });

  test('AUD-37: what was counted before the list heard of it, and so counted twice, is put right by the next reading', async () => {
    const world = dayWith([2, 8, 4]);
    const at = (minute: number) => new Date(NOON + 2 * HOUR + minute * 60_000).toISOString();
    await open('/live?tz=utc', world);
    await expect.poll(() => document.querySelector('[data-state]')?.textContent).toBe('Live');
    // The server has counted it, and the line is slower.
    const late = makeEvent(100, { card, by: OMAR, occurredAt: at(5) });
    const from = world.head;
    world.events = [late, ...world.events];
    await queryClient.invalidateQueries({ queryKey: ['overview'] });
    await expect.element(bar('3 Nov, 14:00 – 14:15: 5 events')).toBeInTheDocument();
    for (const follower of world.followers) follower({ from, to: world.head, events: [late] });
    await expect.element(bar('3 Nov, 14:00 – 14:15: 6 events')).toBeInTheDocument();
    await queryClient.invalidateQueries({ queryKey: ['overview'] });
    await expect.element(bar('3 Nov, 14:00 – 14:15: 5 events')).toBeInTheDocument();
  });

  test('a stretch in the address is the same for somebody else', async () => {
    const link = '/live?tz=utc&from=2026-11-03T13:00:00.000Z&to=2026-11-03T13:14:59.999999Z&action=admin_edit';
    await open(link, dayWith([2, 8, 4]));
    await expect.poll(found).toBe(8);
    await expect.element(page.getByText('Time: 3 Nov, 13:00 – 13:15')).toBeVisible();
  });
});

describe('the facets', () => {
  test('AUD-37: say how many there are of each value, the most frequent first, each as if it had no filter', async () => {
    await open('/live?action=user_edit', dayWith([2, 8, 4]));
    await page.getByRole('button', { name: /^Action:/ }).click();
    const panel = page.getByRole('dialog', { name: 'Action' });
    await expect.element(panel).toBeVisible();
    const lines = () => [...panel.element().querySelectorAll('li')].map((line) => line.textContent);
    await expect.poll(() => lines().slice(0, 2)).toEqual(['Admin edittimecards8', 'User edittimecards6']);
    await expectAccessible();
  });
});
