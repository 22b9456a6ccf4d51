import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '@countersign/audit/entry';
import { auditPage } from '../../src/record/audit.queries.ts';
import { timecardAuditLogs } from '../../src/timecard-audit-logs.ts';
import { approveTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { world, type World } from '../world.ts';
import { at, broughtTo, oneDayCard, weekCard } from './cards.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w?.close());

const REASON = 'Gate log: badge shows 16:28';
const eventsOf = (id: string): Promise<Event[]> => w.events(`Timecard:${id}`);
const latest = async (id: string) => (await eventsOf(id)).at(-1);

test('AUD-34: the effect of an edit stands with it, as does that it came after an approval', async () => {
  const made = await oneDayCard(w, { checkOutTime: at(3, '17:00') });
  const card = await broughtTo(w, 'approved', made);
  const admin = await w.person('admin');
  const edited = await w.run(updateTimecard, admin, { id: card.id, version: card.version, checkOutTime: at(3, '16:30'), reason: REASON });
  const effect = {
    total_hours: { old: '8.50', new: '8.00' },
    overtime_hours: { old: '0.50', new: '0.00' },
    after_approval: true,
  };
  expect(await latest(card.id)).toMatchObject({ action: 'admin_edit', reason: REASON, effect });
  // Through every door that shows the change.
  const page = await w.run(auditPage, admin, { root: `Timecard:${card.id}`, action: 'admin_edit' });
  expect(page.events.map((event) => event.effect)).toEqual([effect]);
  const rows = await w.run(timecardAuditLogs, admin, { id: card.id, fieldName: 'check_out_time', actionType: 'admin_edit' });
  expect(rows.data).toMatchObject([{ newValue: '2026-11-03T15:30:00.000Z', effect }]);

  await w.run(approveTimecard, admin, { id: card.id, version: edited.version });
  // Steps bring about nothing but themselves, approving anew neither.
  const others = (await eventsOf(card.id)).filter(({ action }) => action !== 'admin_edit');
  expect(others.map(({ action, effect: none }) => [action, none])).toEqual([
    ['timecard_created', null],
    ['timecard_submitted', null],
    ['timecard_approved', null],
    ['timecard_approved', null],
  ]);
});

test('AUD-34: a note added after the approval says so, and a day changed after it, though no total moves', async () => {
  const card = await broughtTo(w, 'approved', await weekCard(w, [2, 3, 4]));
  const admin = await w.person('admin');
  const noted = await w.run(updateTimecard, admin, { id: card.id, version: card.version, adminNotes: 'checked', reason: REASON });
  expect((await latest(card.id))?.effect).toEqual({ after_approval: true });
  const entries = [{ workDate: '2026-11-03', dailyCheckIn: at(3, '09:00'), dailyCheckOut: at(3, '17:00') }];
  await w.run(updateTimecard, admin, { id: card.id, version: noted.version, entries, reason: REASON });
  const moved = (await eventsOf(card.id)).filter(({ workDate, operation }) => workDate === '2026-11-03' && operation === 'update');
  expect(moved.map(({ effect }) => effect)).toEqual([{ after_approval: true }]);
});

test('AUD-34: a card whose overtime is changed by an edit of another one has an effect of its own', async () => {
  const { card, owner } = await oneDayCard(w, { day: 3 });
  const times = { checkInTime: at(3, '17:00'), checkOutTime: at(3, '19:00'), breakStartTime: null, breakEndTime: null };
  const { card: evening } = await oneDayCard(w, { day: 3, owner, ...times });
  expect(evening.overtimeHours).toBe('2.00');
  await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkOutTime: at(3, '15:30') });
  const [own, others] = [await latest(card.id), await latest(evening.id)];
  expect(own?.effect).toEqual({ total_hours: { old: '8.00', new: '7.00' } });
  expect(others?.effect).toEqual({ overtime_hours: { old: '2.00', new: '1.00' } });
  expect(others?.changeId).toBe(own?.changeId);
});

test('AUD-34: an edit before the approval has an effect, and no mark', async () => {
  const { card, owner } = await oneDayCard(w);
  await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkOutTime: at(3, '16:00') });
  expect((await latest(card.id))?.effect).toEqual({ total_hours: { old: '8.00', new: '7.50' } });
});
