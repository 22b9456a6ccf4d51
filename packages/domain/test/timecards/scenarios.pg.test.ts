import { afterAll, beforeAll, expect, test } from 'vitest';
import { isShown, type Event } from '@countersign/audit/entry';
import { timecardAuditLogs } from '../../src/timecard-audit-logs.ts';
import { approveTimecard, rejectTimecard, submitTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { world, type World } from '../world.ts';
import { at, broughtTo, oneDayCard, refusalOf, utc, weekCard } from './cards.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w?.close());

const changesOf = (event: Event | undefined) =>
  Object.fromEntries((event?.changes ?? []).map((change) => [change.field, isShown(change) ? [change.old, change.new] : 'hidden']));
const lastChange = async (id: string) => {
  const events = await w.events(`Timecard:${id}`);
  return events.filter((event) => event.changeId === events.at(-1)?.changeId);
};

test('TC-9: one field changed by the owner', async () => {
  const { card, owner } = await oneDayCard(w);
  await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkOutTime: at(3, '17:00') });
  const [event, ...others] = await lastChange(card.id);
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    action: 'user_edit',
    operation: 'update',
    actor: { kind: 'user', id: owner.id },
    subject: owner.id,
    scopes: [`site:${w.site.id}`],
  });
  expect(event?.target).toEqual({ type: 'Timecard', id: card.id, label: '3 Nov 2026' });
  // TC-3: what the time brought about is part of the same change.
  expect(changesOf(event)).toEqual({
    check_out_time: [utc(3, '16:30'), utc(3, '17:00')],
    total_hours: ['8.00', '8.50'],
    overtime_hours: ['0.00', '0.50'],
    manually_edited: ['false', 'true'],
  });
});

test('TC-9: several fields in one operation', async () => {
  const { card, owner } = await weekCard(w, [2, 3]);
  const entries = [
    { workDate: '2026-11-02', dailyCheckOut: at(2, '15:00') },
    { workDate: '2026-11-03', dailyBreakStart: at(3, '12:00'), dailyBreakEnd: at(3, '12:30') },
    { workDate: '2026-11-04', dailyCheckIn: at(4, '08:00'), dailyCheckOut: at(4, '12:00') },
  ];
  const changed = await w.run(updateTimecard, owner, { id: card.id, version: card.version, entries });
  expect(changed).toMatchObject({ version: card.version + 1, totalHours: '18.50', breakDuration: 30 });
  const events = await lastChange(card.id);
  expect(new Set(events.map((event) => event.changeId)).size).toBe(1);
  expect(new Set(events.map((event) => event.action))).toEqual(new Set(['user_edit']));
  const days = events.filter((event) => event.target?.type === 'TimecardEntry');
  expect(new Set(days.map((event) => event.root?.id))).toEqual(new Set([card.id]));
  expect(days.map((event) => `${event.workDate} ${event.operation}`).toSorted()).toEqual([
    '2026-11-02 update',
    '2026-11-03 update',
    '2026-11-04 create',
  ]);
  expect(changesOf(events.find((event) => event.target?.type === 'Timecard'))).toMatchObject({
    total_hours: ['16.00', '18.50'],
    break_duration: [null, '30'],
  });
});

test('TC-9: an admin editing a draft', async () => {
  const { card, owner } = await oneDayCard(w);
  const admin = await w.person('admin');
  const changed = await w.run(updateTimecard, admin, {
    id: card.id,
    version: card.version,
    checkInTime: at(3, '07:30'),
    reason: 'gate log',
  });
  expect(changed).toMatchObject({ status: 'draft', totalHours: '8.50', manuallyEdited: true, editedAfterApproval: false });
  const [event] = await lastChange(card.id);
  expect(event).toMatchObject({ action: 'admin_edit', actor: { id: admin.id }, reason: 'gate log', subject: owner.id });
});

test('TC-9: an admin editing while rejecting', async () => {
  const made = await oneDayCard(w);
  const submitted = await broughtTo(w, 'submitted', made);
  const admin = await w.person('admin');
  const rejected = await w.run(rejectTimecard, admin, {
    id: submitted.id,
    version: submitted.version,
    reason: 'no break recorded',
    breakEndTime: at(3, '13:00'),
  });
  expect(rejected).toMatchObject({
    status: 'rejected',
    rejectionReason: 'no break recorded',
    breakDuration: 60,
    version: submitted.version + 1,
  });
  const events = await lastChange(submitted.id);
  expect(events.map((event) => [event.action, event.reason])).toEqual([
    ['timecard_rejected', 'no break recorded'],
    ['rejection_edit', 'no break recorded'],
  ]);
  expect(changesOf(events[0])).toEqual({ status: ['submitted', 'rejected'], rejection_reason: [null, 'no break recorded'] });
  expect(changesOf(events[1])).toMatchObject({
    break_end_time: [utc(3, '12:30'), utc(3, '13:00')],
    total_hours: ['8.00', '7.50'],
    break_duration: ['30', '60'],
  });
  // AUD-7
  expect(events[0]?.metadata).toEqual({
    previous_value: 'submitted',
    new_value: 'rejected',
    reason: 'no break recorded',
    changed_by_user_id: admin.id,
  });
});

test('TC-9: the owner editing after rejection', async () => {
  const made = await oneDayCard(w);
  const rejected = await broughtTo(w, 'rejected', made);
  const mended = await w.run(updateTimecard, made.owner, { id: rejected.id, version: rejected.version, checkOutTime: at(3, '16:00') });
  expect(mended).toMatchObject({ status: 'rejected', totalHours: '7.50' });
  expect((await lastChange(rejected.id)).map((event) => event.action)).toEqual(['user_edit']);
  const again = await w.run(submitTimecard, made.owner, { id: mended.id, version: mended.version });
  expect(again).toMatchObject({ status: 'submitted', rejectionReason: null });
  const [event] = await lastChange(rejected.id);
  expect(event?.action).toBe('timecard_submitted');
  expect(changesOf(event)).toEqual({ status: ['rejected', 'submitted'], rejection_reason: ['not what the gate log says', null] });
});

test('TC-9: time fields in various formats', async () => {
  const { card, owner } = await oneDayCard(w);
  const before = (await w.events(`Timecard:${card.id}`)).length;
  // The same instants as they are, in other forms: no change, no event, no new version.
  for (const checkOutTime of [
    '2026-11-03T15:30:00Z',
    '2026-11-03T15:30:00.000Z',
    '2026-11-03T16:30:00+01:00',
    '2026-11-03T10:30:00-05:00',
    '2026-11-03T21:00:00+05:30',
  ]) {
    const same = await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkOutTime });
    expect(same).toMatchObject({ version: card.version, checkOutTime: '2026-11-03T15:30:00.000Z' });
  }
  expect(await w.events(`Timecard:${card.id}`)).toHaveLength(before);
  // Another instant is recorded to the millisecond, whatever the form.
  await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkOutTime: '2026-11-03T22:00:00.250+06:30' });
  expect(changesOf((await lastChange(card.id))[0])['check_out_time']).toEqual([utc(3, '16:30'), '2026-11-03T15:30:00.250Z']);
});

test('TC-9: status transitions', async () => {
  const made = await oneDayCard(w);
  const supervisor = await w.person('supervisor', { responsibleFor: [{ person: made.owner.id }] });
  const admin = await w.person('admin');
  const { id } = made.card;
  let card = await w.run(submitTimecard, made.owner, { id, version: made.card.version });
  card = await w.run(rejectTimecard, supervisor, { id, version: card.version, reason: 'wrong day' });
  card = await w.run(submitTimecard, made.owner, { id, version: card.version });
  card = await w.run(approveTimecard, supervisor, { id, version: card.version });
  card = await w.run(updateTimecard, admin, { id, version: card.version, checkOutTime: at(3, '17:00'), reason: 'gate log' });
  expect(card).toMatchObject({ status: 'approved', editedAfterApproval: true });
  card = await w.run(approveTimecard, supervisor, { id, version: card.version });
  expect(card).toMatchObject({ status: 'approved', editedAfterApproval: false });
  const events = await w.events(`Timecard:${id}`);
  expect(events.map((event) => event.action)).toEqual([
    'timecard_created',
    'timecard_submitted',
    'timecard_rejected',
    'timecard_submitted',
    'timecard_approved',
    'admin_edit',
    'timecard_approved',
  ]);
  expect(events.slice(1, 5).map((event) => [event.metadata['previous_value'], event.metadata['new_value']])).toEqual([
    ['draft', 'submitted'],
    ['submitted', 'rejected'],
    ['rejected', 'submitted'],
    ['submitted', 'approved'],
  ]);
  expect(changesOf(events.at(-1))).toEqual({ edited_after_approval: ['true', 'false'] });
});

test('TC-9: nulls', async () => {
  const { card, owner } = await oneDayCard(w);
  const emptied = await w.run(updateTimecard, owner, { id: card.id, version: card.version, breakStartTime: null, breakEndTime: null });
  expect(emptied).toMatchObject({ breakStartTime: null, breakDuration: null, totalHours: '8.50' });
  expect(changesOf((await lastChange(card.id))[0])).toMatchObject({
    break_start_time: [utc(3, '12:00'), null],
    break_duration: ['30', null],
  });
  // Null differs from the empty text.
  const admin = await w.person('admin');
  const noted = await w.run(updateTimecard, admin, { id: card.id, version: emptied.version, adminNotes: '', reason: 'cleared by mistake' });
  expect(changesOf((await lastChange(card.id))[0])).toEqual({ admin_notes: [null, ''] });
  await w.run(updateTimecard, admin, { id: card.id, version: noted.version, adminNotes: null, reason: 'and back' });
  expect(changesOf((await lastChange(card.id))[0])).toEqual({ admin_notes: ['', null] });
});

test('TC-9: a large log', async () => {
  const { card, owner } = await oneDayCard(w);
  let { version } = card;
  const edits = 300;
  for (let n = 0; n < edits; n += 1)
    ({ version } = await w.run(updateTimecard, owner, {
      id: card.id,
      version,
      checkOutTime: at(3, `17:${String(n % 60).padStart(2, '0')}`),
    }));
  const rows = await w.run(timecardAuditLogs, owner, { id: card.id, limit: 500, fieldName: 'check_out_time' });
  expect(rows.pagination).toMatchObject({ total: edits + 1, more: false, hasMore: false });
  // Pages by offset meet without gap and without overlap.
  const pages = await Promise.all(
    [0, 100, 200, 300].map((offset) => w.run(timecardAuditLogs, owner, { id: card.id, limit: 100, offset, fieldName: 'check_out_time' })),
  );
  expect(pages.flatMap((page) => page.data.map((row) => ('id' in row ? row.id : null)))).toEqual(
    rows.data.map((row) => ('id' in row ? row.id : null)),
  );
  // Each change begins where the one before it ended.
  const chain = (await w.events(`Timecard:${card.id}`)).map((event) => changesOf(event)['check_out_time'] as [string, string]);
  for (const [n, [old]] of chain.entries()) if (n > 0) expect(old).toBe(chain[n - 1]?.[1]);
  // Whoever knew the first version is told what changed, over all of it.
  const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '07:00') }));
  expect(refusal.conflicts?.map(({ field }) => field).toSorted()).toEqual([
    'check_out_time',
    'manually_edited',
    'overtime_hours',
    'total_hours',
  ]);
});

test('TC-9: concurrent modification', async () => {
  const { card, owner } = await oneDayCard(w);
  const admin = await w.person('admin');
  const minutes = Array.from({ length: 8 }, (_, n) => at(3, `17:0${n}`));
  const answers = await Promise.allSettled(
    minutes.map((checkOutTime, n) =>
      w.run(updateTimecard, n % 2 ? admin : owner, {
        id: card.id,
        version: card.version,
        checkOutTime,
        ...(n % 2 && { reason: 'gate log' }),
      }),
    ),
  );
  // One is saved; each of the others is refused and told of exactly that.
  const saved = answers.filter((answer) => answer.status === 'fulfilled');
  expect(saved).toHaveLength(1);
  const present = saved[0]?.value.checkOutTime;
  for (const answer of answers) {
    if (answer.status === 'fulfilled') continue;
    expect(answer.reason).toMatchObject({ code: 'CONFLICT' });
    const { conflicts } = await refusalOf(Promise.reject(answer.reason as Error));
    expect(conflicts?.find(({ field }) => field === 'check_out_time')).toMatchObject({ base: utc(3, '16:30'), present });
  }
  expect((await w.events(`Timecard:${card.id}`)).map((event) => event.operation)).toEqual(['create', 'update']);
});
