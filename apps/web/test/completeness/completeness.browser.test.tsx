import { describe, expect, test } from 'vitest';
import { type Locator, page, userEvent } from 'vitest/browser';
import type { CompletenessView } from '../../src/api/views.ts';
import { expectAccessible } from '../axe.ts';
import { makeCard } from '../fake/cards.ts';
import { uuid } from '../fake/random.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

// AUD-31: the page of a record says how far back its trail is complete, where there is a gap, and what the balance found.

/** Waits until something says this among other things. */
const says = (locator: Locator, text: string, timeout = 15_000) =>
  expect.poll(() => locator.query()?.textContent ?? '', { timeout }).toContain(text);

const place = (position: number, at: string) => ({ position, at });
const day = (label: string) => ({ type: 'TimecardEntry', id: uuid(4, 1), label });

async function openWith(more: Partial<CompletenessView> = {}, change: (world: World) => void = () => undefined) {
  const world = new World();
  const card = makeCard();
  world.cards = [card];
  world.completeness = { ...world.completeness, ...more };
  change(world);
  const opened = await open(`/timecards/${card.id}`, world);
  return { ...opened, world, card, part: opened.screen.getByRole('region', { name: 'Completeness of the audit trail' }) };
}

const different = (more: Partial<CompletenessView> = {}): Partial<CompletenessView> => ({
  latest: {
    at: '2026-11-05T02:47:00.000Z',
    result: 'different',
    differences: [
      { record: day('Tue 3 Nov'), kind: 'field', field: 'daily_break_end', label: 'Daily Break End' },
      { record: day('Wed 4 Nov'), kind: 'not_recorded', field: null, label: null },
    ],
  },
  lastCleanAt: '2026-11-04T02:47:00.000Z',
  ...more,
});

describe('AUD-31 the completeness of a record’s trail', () => {
  test('says since when, and when it was last compared', async () => {
    const { part, world, card } = await openWith();
    await says(part, 'Complete since 3 Nov 2026, 08:12:04 CET #10, when it was made.');
    await says(part, 'Compared with the record on 4 Nov 2026, 03:47:00 CET: the same');
    expect(world.asked.filter(({ path }) => path === 'audit.completeness')).toMatchObject([{ input: { root: `Timecard:${card.id}` } }]);
    await expectAccessible();
  });

  test('of a record that was there before its trail says so', async () => {
    const { part } = await openWith({ since: { state: 'first_change', from: place(7, '2026-11-03T07:12:04.000Z') } });
    await says(part, 'what nobody has changed since was never told');
  });

  test.each([
    ['nothing', 'Nothing is recorded of it that you may see.'],
    ['in_part', 'You see only a part of what happened to it'],
    ['too_long', 'Its trail is too long'],
  ] as const)('where there is no beginning to name (%s) says why', async (state, text) => {
    const { part } = await openWith({ since: { state, from: null }, latest: null });
    await says(part, text);
  });

  test('says where the gap is, and is complete since then', async () => {
    const { part } = await openWith({
      gaps: [
        {
          record: day('Tue 3 Nov'),
          field: 'daily_check_out',
          label: 'Daily Check Out',
          after: place(12, '2026-11-03T15:00:00.000Z'),
          before: place(19, '2026-11-04T09:30:00.000Z'),
        },
      ],
    });
    await says(part, 'Complete since 4 Nov 2026, 10:30:00 CET #19.');
    await expect.element(part.getByRole('heading', { name: 'There is a gap before that' })).toBeVisible();
    await says(
      part.getByRole('listitem'),
      'Tue 3 Nov, Daily Check Out: changed without being recorded between 3 Nov 2026, 16:00:00 CET and 4 Nov 2026, 10:30:00 CET.',
    );
    await expectAccessible();
  });

  test('names what the balance found, and leads to both values', async () => {
    const { part, address } = await openWith(different());
    const alert = part.getByRole('alert');
    await says(alert, 'Found on 5 Nov 2026, 03:47:00 CET; it was not so on 4 Nov 2026, 03:47:00 CET.');
    await says(alert.getByRole('listitem').first(), 'Tue 3 Nov: Daily Break End is not what was recorded.');
    await says(alert.getByRole('listitem').nth(1), 'Wed 4 Nov is there, and isn’t recorded.');
    await expectAccessible();
    await page.viewport(360, 780);
    await expect.poll(() => document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(1280, 800);
    await userEvent.click(alert.getByRole('button', { name: 'Compare as it stands now' }));
    await expect.poll(address).toContain('asOf=now');
  });

  test('says that it was never compared, and that it is being compared', async () => {
    const { part } = await openWith({ latest: null });
    await says(part, 'Not compared with the record yet');
    const under = await openWith({ underWay: true });
    await says(under.part, 'being compared right now');
  });

  test.each([
    ['too_early', 'Younger than the latest comparison'],
    ['unlisted', 'whether here too isn’t known'],
  ] as const)('says what the latest balance does not tell (%s)', async (result, text) => {
    const { part } = await openWith({ latest: { at: '2026-11-05T02:47:00.000Z', result, differences: [] } });
    await says(part, text);
  });

  test('where it can’t be read says so, and tries again when asked', async () => {
    const { part, world } = await openWith({}, ({ refusals }) =>
      refusals.set('audit.completeness', { code: 'INTERNAL_SERVER_ERROR', message: 'Something failed' }),
    );
    await says(part, 'can’t be read now');
    world.refusals.clear();
    await userEvent.click(part.getByRole('button', { name: 'Retry' }));
    await says(part, 'Complete since');
  });
});
