import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClock } from '../../src/clock.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { rejectTimecard, submitTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { world, type World } from '../world.ts';
import { at, broughtTo, type Card, oneDayCard, refusalOf, utc, weekCard } from './cards.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w?.close());

const reason = 'The gate log says otherwise';

async function rejectedFor(made: { card: Card; owner: Viewer }, fieldsToMend?: string[]): Promise<Card> {
  const { id, version } = await broughtTo(w, 'submitted', made);
  return w.run(rejectTimecard, await w.person('manager'), { id, version, reason, ...(fieldsToMend && { fieldsToMend }) });
}

test('TC-11: the owner mends the fields that the rejection names, and no other; nothing is half done', async () => {
  const made = await oneDayCard(w);
  const { id, version } = await rejectedFor(made, ['check_out_time']);
  const both = { id, version, checkInTime: at(3, '09:00'), checkOutTime: at(3, '16:00') };
  const refusal = await refusalOf(w.run(updateTimecard, made.owner, both));
  expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', fields: [{ field: 'check_in_time' }] });
  expect(refusal.details).toContain('in-house staff, a manager or an admin');

  const mended = await w.run(updateTimecard, made.owner, { ...both, checkInTime: made.card.checkInTime });
  expect(mended).toMatchObject({ version: version + 1, checkInTime: utc(3, '08:00'), checkOutTime: utc(3, '16:00') });
  // Submitting again ends the rejection, and what it named.
  const again = await w.run(submitTimecard, made.owner, { id, version: mended.version });
  expect(again).toMatchObject({ status: 'submitted', rejectionReason: null, fieldsToMend: [] });
});

test('TC-11: by work date on a card of several days', async () => {
  const made = await weekCard(w, [3, 4]);
  const { id, version } = await rejectedFor(made, [
    'entries.2026-11-04.daily_check_out',
    'entries.2026-11-05.daily_check_in',
    'entries.2026-11-05.daily_check_out',
  ]);
  const wanted = (entry: { workDate: string; remove?: true; dailyCheckIn?: string; dailyCheckOut?: string }) =>
    w.run(updateTimecard, made.owner, { id, version, entries: [entry] });
  const locked = async (work: Promise<unknown>) => (await refusalOf(work)).fields?.map(({ field }) => field);
  expect(await locked(wanted({ workDate: '2026-11-03', dailyCheckOut: at(3, '15:00') }))).toEqual(['entries.2026-11-03.daily_check_out']);
  expect(await locked(wanted({ workDate: '2026-11-04', remove: true }))).toEqual(['entries.2026-11-04.daily_check_in']);
  await w.run(updateTimecard, made.owner, {
    id,
    version,
    entries: [
      { workDate: '2026-11-04', dailyCheckOut: at(4, '15:00') },
      { workDate: '2026-11-05', dailyCheckIn: at(5, '08:00'), dailyCheckOut: at(5, '12:00') },
    ],
  });
});

test('TC-11: a rejection that names no field opens all; one that names some does not bind admins, who say why', async () => {
  const free = await oneDayCard(w);
  const open = await rejectedFor(free);
  await w.run(updateTimecard, free.owner, { id: open.id, version: open.version, checkInTime: at(3, '07:30') });

  const bound = await oneDayCard(w);
  const { id, version } = await rejectedFor(bound, ['check_out_time']);
  const admin = await w.person('admin');
  await w.run(updateTimecard, admin, { id, version, checkInTime: at(3, '07:30'), reason });
});

test('TC-11: whatever its age, a rejected card can be mended and submitted again', async () => {
  const made = await oneDayCard(w);
  const { id, version } = await withClock(new Date('2026-11-04T12:00:00Z'), () => rejectedFor(made, ['check_out_time']));
  await withClock(new Date('2036-11-04T12:00:00Z'), async () => {
    const mended = await w.run(updateTimecard, made.owner, { id, version, checkOutTime: at(3, '16:00') });
    expect((await w.run(submitTimecard, made.owner, { id, version: mended.version })).status).toBe('submitted');
  });
});
