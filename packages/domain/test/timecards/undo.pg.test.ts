import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentContext, user, withContext } from '@countersign/audit/context';
import { AuditLogError } from '@countersign/audit/errors';
import type { Role, Viewer } from '../../src/people/rights/permissions.ts';
import { ROLES } from '../../src/people/rights/permissions.ts';
import { auditMoments } from '../../src/record/as-of.queries.ts';
import { deleteTimecard, rejectTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { getTimecard } from '../../src/timecards/timecard.queries.ts';
import { undoTimecard } from '../../src/timecards/undo.commands.ts';
import { world, type World } from '../world.ts';
import { at, broughtTo, oneDayCard, refusalOf, utc, weekCard } from './cards.ts';

let w: World;
let manager: Viewer;
let admin: Viewer;
beforeAll(async () => {
  w = await world();
  manager = await w.person('manager', { firstName: 'Maya', lastName: 'Ito' });
  admin = await w.person('admin', { firstName: 'Ada', lastName: 'Min' });
});
afterAll(async () => {
  expect(w.alarms).toEqual([]);
  await w.close();
});

const reason = 'the wrong card';
/** The newest change set of a card. */
const latest = async (id: string) => (await w.run(auditMoments, admin, { root: `Timecard:${id}` })).moments.at(-1)?.changeId as string;
const undo = (viewer: Viewer, id: string, change: string, why = reason) => w.run(undoTimecard, viewer, { id, change, reason: why });

describe('AUD-33: a change set is undone as a new change set', () => {
  test('AUD-33: the times are what they were, and what follows from them too', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '19:30'), checkInTime: at(3, '07:00') });
    const undone = await undo(manager, card.id, await latest(card.id));
    expect(undone).toMatchObject({
      checkInTime: card.checkInTime,
      checkOutTime: card.checkOutTime,
      totalHours: '8.00',
      overtimeHours: '0.00',
    });
    expect(undone.version).toBe(3);
  });

  test('AUD-33: it is recorded as the edit that it is, with its reason, and linked to what it undid', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const change = await latest(card.id);
    await undo(manager, card.id, change);
    const event = (await w.events(`Timecard:${card.id}`)).at(-1);
    expect(event).toMatchObject({ action: 'admin_edit', actor: { id: manager.id }, reason, metadata: { undoes: change } });
    expect(event?.changes.find(({ field }) => field === 'check_out_time')).toMatchObject({ old: utc(3, '17:00'), new: utc(3, '16:30') });
    const [, edited, back] = (await w.run(auditMoments, admin, { root: `Timecard:${card.id}` })).moments;
    expect([edited?.undoneBy, edited?.undoes, back?.undoes, back?.undoneBy]).toEqual([back?.changeId, null, change, null]);
    // The next change of the same person undoes nothing.
    await w.run(updateTimecard, owner, { id: card.id, version: 3, checkOutTime: at(3, '18:00') });
    expect((await w.events(`Timecard:${card.id}`)).at(-1)?.metadata).not.toHaveProperty('undoes');
  });

  test('AUD-33: days that came go, and days that went come back with their times', async () => {
    const { card, owner } = await weekCard(w, [2, 3]);
    await w.run(updateTimecard, owner, {
      id: card.id,
      version: 1,
      entries: [
        { workDate: '2026-11-03', remove: true },
        { workDate: '2026-11-04', dailyCheckIn: at(4, '08:00'), dailyCheckOut: at(4, '12:00') },
        { workDate: '2026-11-02', dailyCheckOut: at(2, '15:00') },
      ],
    });
    const undone = await undo(manager, card.id, await latest(card.id));
    expect(undone.entries.map(({ workDate, dailyCheckIn, dailyCheckOut }) => [workDate, dailyCheckIn, dailyCheckOut])).toEqual(
      card.entries.map(({ workDate, dailyCheckIn, dailyCheckOut }) => [workDate, dailyCheckIn, dailyCheckOut]),
    );
    expect(undone.totalHours).toBe(card.totalHours);
  });

  test('AUD-33: other fields may have changed since, and an undo can be undone', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const first = await latest(card.id);
    await w.run(updateTimecard, owner, { id: card.id, version: 2, checkInTime: at(3, '07:45') });
    expect(await undo(manager, card.id, first)).toMatchObject({ checkInTime: utc(3, '07:45'), checkOutTime: utc(3, '16:30') });
    expect(await undo(manager, card.id, await latest(card.id))).toMatchObject({
      checkInTime: utc(3, '07:45'),
      checkOutTime: utc(3, '17:00'),
    });
  });

  test('AUD-33: by the version that it made, as whoever has just made it knows it', async () => {
    const { card } = await oneDayCard(w);
    const saved = await w.run(updateTimecard, manager, { id: card.id, version: 1, checkOutTime: at(3, '17:00'), reason: 'gate log' });
    const change = await latest(card.id);
    const undone = await w.run(undoTimecard, manager, { id: card.id, madeVersion: saved.version, reason });
    expect(undone.checkOutTime).toBe(utc(3, '16:30'));
    expect((await w.events(`Timecard:${card.id}`)).at(-1)?.metadata).toEqual({ undoes: change });
    expect(await refusalOf(w.run(undoTimecard, manager, { id: card.id, madeVersion: 99, reason }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('AUD-33: admin notes, for those who see them', async () => {
    const { card } = await oneDayCard(w);
    await w.run(updateTimecard, admin, { id: card.id, version: 1, adminNotes: 'call the agency', reason });
    expect((await undo(manager, card.id, await latest(card.id))).adminNotes).toBeNull();
  });
});

describe('AUD-33: where something has changed since, the conflict is shown field by field', () => {
  test('AUD-33: what it left, what stands there now, by whom and when; and nothing is done', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00'), checkInTime: at(3, '07:00') });
    const change = await latest(card.id);
    await w.run(updateTimecard, manager, { id: card.id, version: 2, checkOutTime: at(3, '17:15'), reason: 'gate log' });
    const refusal = await refusalOf(undo(admin, card.id, change));
    expect(refusal).toMatchObject({ code: 'CONFLICT', message: 'This was changed again since, so it can’t be undone.' });
    expect(refusal.conflicts).toEqual([
      {
        field: 'check_out_time',
        base: utc(3, '17:00'),
        present: utc(3, '17:15'),
        changedBy: { id: manager.id, name: 'Maya Ito' },
        changedAt: expect.stringMatching(/^2\d{3}-/),
      },
    ]);
    const now = await w.run(getTimecard, admin, { id: card.id });
    expect([now.version, now.checkInTime]).toEqual([3, utc(3, '07:00')]);
  });

  test('AUD-33: a second undo finds that the first has changed it back', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const change = await latest(card.id);
    await undo(manager, card.id, change);
    expect(await refusalOf(undo(manager, card.id, change))).toMatchObject({ code: 'CONFLICT' });
  });

  test('AUD-33: two that undo the same at once: one does, the other is told', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const change = await latest(card.id);
    const answers = await Promise.allSettled([undo(manager, card.id, change), undo(admin, card.id, change)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await w.run(getTimecard, admin, { id: card.id })).version).toBe(3);
  });

  test('AUD-33: a day that went since is named', async () => {
    const { card, owner } = await weekCard(w, [2, 3]);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, entries: [{ workDate: '2026-11-04', dailyCheckIn: at(4, '08:00') }] });
    const change = await latest(card.id);
    await w.run(updateTimecard, owner, { id: card.id, version: 2, entries: [{ workDate: '2026-11-04', remove: true }] });
    const refusal = await refusalOf(undo(manager, card.id, change));
    expect(refusal.conflicts).toMatchObject([
      { field: 'entries.2026-11-04.work_date', base: '2026-11-04', present: null, changedBy: { id: owner.id } },
    ]);
  });
});

describe('AUD-33: it runs the same checks as an edit', () => {
  test('AUD-33: it needs a reason', () => {
    const input = { id: crypto.randomUUID(), change: crypto.randomUUID() };
    expect(undoTimecard.input.safeParse(input).success).toBe(false);
    expect(undoTimecard.input.safeParse({ ...input, reason: '  ' }).success).toBe(false);
    expect(undoTimecard.input.safeParse({ ...input, madeVersion: 2, reason }).success).toBe(false);
    expect(undoTimecard.input.safeParse({ ...input, reason }).success).toBe(true);
  });

  test('TC-4: a submitted card is not edited, and so not undone', async () => {
    const { card, owner } = await oneDayCard(w);
    const edited = await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const change = await latest(card.id);
    await broughtTo(w, 'submitted', { card: edited, owner });
    expect(await refusalOf(undo(admin, card.id, change))).toMatchObject({ code: 'VALIDATION_ERROR', message: /submitted and waits/ });
  });

  test('AC-9: of an approved card an admin alone undoes, and it is marked as edited after approval', async () => {
    const { card, owner } = await oneDayCard(w);
    const edited = await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const change = await latest(card.id);
    await broughtTo(w, 'approved', { card: edited, owner });
    expect(await refusalOf(undo(manager, card.id, change))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await undo(admin, card.id, change)).toMatchObject({
      status: 'approved',
      editedAfterApproval: true,
      checkOutTime: utc(3, '16:30'),
    });
  });

  test('TC-6: what has become impossible is refused with the field', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkInTime: at(3, '06:00') });
    const change = await latest(card.id);
    // The break lies before the former check-in now.
    await w.run(updateTimecard, owner, { id: card.id, version: 2, breakStartTime: at(3, '07:00'), breakEndTime: at(3, '07:30') });
    expect(await refusalOf(undo(manager, card.id, change))).toMatchObject({
      code: 'VALIDATION_ERROR',
      fields: [{ field: 'break_start_time' }],
    });
  });

  test('AC-9: managers and admins undo, nobody else', () => {
    const may = ROLES.filter((role: Role) => undoTimecard.permission[role]?.length);
    expect(may).toEqual(['admin', 'manager']);
  });

  test('AUD-33: decisions, creations and what is of another card are refused, with the reason', async () => {
    const { card, owner } = await oneDayCard(w);
    const made = await latest(card.id);
    expect(await refusalOf(undo(admin, card.id, made))).toMatchObject({ code: 'VALIDATION_ERROR', details: /delete the draft/ });
    const submitted = await broughtTo(w, 'submitted', { card, owner });
    expect(await refusalOf(undo(admin, card.id, await latest(card.id)))).toMatchObject({ details: /status can’t be undone/ });
    await w.run(rejectTimecard, manager, { id: card.id, version: submitted.version, reason, checkOutTime: at(3, '16:00') });
    expect(await refusalOf(undo(admin, card.id, await latest(card.id)))).toMatchObject({ details: /status can’t be undone/ });
    const { card: other } = await oneDayCard(w);
    expect(await refusalOf(undo(admin, other.id, made))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('AUD-33: of a card that is gone nothing is undone', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const change = await latest(card.id);
    await w.run(deleteTimecard, owner, { id: card.id, version: 2 });
    expect(await refusalOf(undo(admin, card.id, change))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('AUD-33: of a change set of which something could not be recorded nothing is undone, though nobody knows what it was', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.run(updateTimecard, owner, { id: card.id, version: 1, checkOutTime: at(3, '17:00') });
    const change = await latest(card.id);
    const context = withContext({ actor: user(owner.id), channel: 'web', changeId: change }, () => JSON.stringify(currentContext()));
    await w.sql('insert into audit_inbox (context, document) values (?, ?)', [context, 'what nobody can read']);
    await w.events();
    expect(w.alarms.splice(0)).toEqual([expect.any(AuditLogError)]);
    expect(await refusalOf(undo(admin, card.id, change))).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: /could not be recorded as what it says.*edit what is wrong/,
      fields: [{ field: 'change' }],
    });
  });

  test('AUD-10: a note that was kept shortened is not put back', async () => {
    const { card } = await oneDayCard(w);
    await w.run(updateTimecard, admin, { id: card.id, version: 1, adminNotes: '€'.repeat(4000), reason });
    await w.run(updateTimecard, admin, { id: card.id, version: 2, adminNotes: 'short', reason });
    expect(await refusalOf(undo(admin, card.id, await latest(card.id)))).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: expect.stringContaining('only the beginning of “admin notes”'),
    });
  });

  test('AUD-33: of a card with too long a history to be put together it says that, and not that there is no such change', async () => {
    const { card } = await oneDayCard(w);
    await w.run(updateTimecard, admin, { id: card.id, version: 1, adminNotes: 'short', reason });
    const input = undoTimecard.input.parse({ id: card.id, change: await latest(card.id), reason });
    const long = async () => ({ events: [], head: 0, partial: false, tooLong: true });
    const undoing = w.readings.during('decides', (log) =>
      undoTimecard.run(input, { em: w.orm.em.fork(), viewer: admin, log: { ...log, settle: () => log.settle(), history: long } }),
    );
    expect(await refusalOf(undoing)).toMatchObject({ code: 'VALIDATION_ERROR', details: expect.stringContaining('too long a history') });
  });

  test('TC-3: the overtime of other cards of the week is counted anew, and those events say what was undone', async () => {
    const owner = await w.person('worker');
    const { card: first } = await weekCard(w, [2, 3, 4, 5], owner);
    const { card: second } = await oneDayCard(w, { day: 6, owner });
    await w.run(updateTimecard, owner, {
      id: first.id,
      version: first.version,
      entries: [{ workDate: '2026-11-07', dailyCheckIn: at(7, '08:00'), dailyCheckOut: at(7, '16:00') }],
    });
    const change = await latest(first.id);
    await undo(manager, first.id, change);
    const total = async () =>
      Number((await w.run(getTimecard, admin, { id: first.id })).overtimeHours) +
      Number((await w.run(getTimecard, admin, { id: second.id })).overtimeHours);
    expect(await total()).toBe(0);
    const events = (await w.events()).filter(({ metadata }) => metadata['undoes'] === change);
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
  });
});
