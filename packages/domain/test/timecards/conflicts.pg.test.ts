import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeSet, job, withContext } from '@countersign/audit/context';
import { approveTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { getTimecard } from '../../src/timecards/timecard.queries.ts';
import { TimecardVersion } from '../../src/timecards/timecard-version.ts';
import { world, type World } from '../world.ts';
import { at, broughtTo, oneDayCard, refusalOf, utc, weekCard } from './cards.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w?.close());

describe('TC-6: a stale version is refused with what changed since', () => {
  test('TC-6: each field with its base and its present value, by whom', async () => {
    const { card, owner } = await oneDayCard(w);
    const manager = await w.person('manager', { firstName: 'Maya', lastName: 'Ito' });
    const second = await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '07:30') });
    await w.run(updateTimecard, manager, { id: card.id, version: second.version, checkOutTime: at(3, '17:00'), reason: 'gate log' });
    const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: card.version, breakEndTime: at(3, '13:00') }));
    expect(refusal).toMatchObject({ code: 'CONFLICT', message: 'This timecard was changed since you read it.' });
    const byField = Object.fromEntries((refusal.conflicts ?? []).map((conflict) => [conflict.field, conflict]));
    expect(byField['check_in_time']).toMatchObject({ base: utc(3, '08:00'), present: utc(3, '07:30'), changedBy: { id: owner.id } });
    expect(byField['check_out_time']).toMatchObject({
      base: utc(3, '16:30'),
      present: utc(3, '17:00'),
      changedBy: { id: manager.id, name: 'Maya Ito' },
    });
    // Changed twice since: from what the caller knew to what is there now.
    expect(byField['total_hours']).toMatchObject({ base: '8.00', present: '9.00', changedBy: { id: manager.id } });
    expect(byField['break_end_time']).toBeUndefined();
  });

  test('TC-6: only what changed after the version that was read', async () => {
    const { card, owner } = await oneDayCard(w);
    const second = await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '07:30') });
    await w.run(updateTimecard, owner, { id: card.id, version: second.version, breakStartTime: at(3, '11:45') });
    const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: second.version, checkInTime: at(3, '07:00') }));
    expect(refusal.conflicts?.map(({ field }) => field).toSorted()).toEqual([
      'break_duration',
      'break_start_time',
      'overtime_hours',
      'total_hours',
    ]);
  });

  test('TC-6: fields of days are named with their day', async () => {
    const { card, owner } = await weekCard(w, [2, 3]);
    await w.run(updateTimecard, owner, {
      id: card.id,
      version: card.version,
      entries: [{ workDate: '2026-11-03', dailyCheckOut: at(3, '15:00') }],
    });
    const refusal = await refusalOf(
      w.run(updateTimecard, owner, {
        id: card.id,
        version: card.version,
        entries: [{ workDate: '2026-11-02', dailyCheckOut: at(2, '15:00') }],
      }),
    );
    expect(refusal.conflicts?.find(({ field }) => field === 'entries.2026-11-03.daily_check_out')).toMatchObject({
      base: utc(3, '16:00'),
      present: utc(3, '15:00'),
    });
  });

  test("TC-6: one version for the card and its days: a change of a day alone makes the card's version stale", async () => {
    const { card, owner } = await weekCard(w, [2]);
    // A day without times: nothing of the card itself changes.
    const empty = await w.run(updateTimecard, owner, { id: card.id, version: card.version, entries: [{ workDate: '2026-11-04' }] });
    expect(empty.version).toBe(card.version + 1);
    expect(
      (await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: card.version, entries: [{ workDate: '2026-11-05' }] }))).code,
    ).toBe('CONFLICT');
  });

  test('TC-6: what was changed and changed back is no conflict', async () => {
    const { card, owner } = await oneDayCard(w);
    const second = await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '07:30') });
    await w.run(updateTimecard, owner, { id: card.id, version: second.version, checkInTime: at(3, '08:00') });
    const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: card.version, checkOutTime: at(3, '17:00') }));
    expect(refusal.code).toBe('CONFLICT');
    expect(refusal.conflicts?.map(({ field }) => field)).toEqual(['manually_edited']);
  });

  test('TC-6: an edit of a card that was approved meanwhile is told so', async () => {
    const made = await oneDayCard(w);
    await broughtTo(w, 'approved', made);
    const refusal = await refusalOf(
      w.run(updateTimecard, made.owner, { id: made.card.id, version: made.card.version, checkInTime: at(3, '07:00') }),
    );
    expect(refusal).toMatchObject({ code: 'CONFLICT', conflicts: [{ field: 'status', base: 'draft', present: 'approved' }] });
  });

  test('TC-6: an approval rests on the version that was read', async () => {
    const made = await oneDayCard(w);
    const card = await broughtTo(w, 'submitted', made);
    const manager = await w.person('manager');
    const answers = await Promise.allSettled([1, 2].map(() => w.run(approveTimecard, manager, { id: card.id, version: card.version })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('AC-10: a change that the caller may not see is not told', async () => {
    const { card, owner } = await oneDayCard(w);
    const admin = await w.person('admin');
    await w.run(updateTimecard, admin, { id: card.id, version: card.version, adminNotes: 'secret', reason: 'for payroll' });
    const wanted = { id: card.id, version: card.version, checkInTime: at(3, '07:00'), reason: 'gate log' };
    expect((await refusalOf(w.run(updateTimecard, owner, wanted))).conflicts).toEqual([]);
    expect((await refusalOf(w.run(updateTimecard, admin, wanted))).conflicts).toMatchObject([
      { field: 'admin_notes', base: null, present: 'secret' },
    ]);
  });

  test('TC-6: a version that never was is refused as well', async () => {
    const { card, owner } = await oneDayCard(w);
    expect(await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: 99, checkInTime: at(3, '07:00') }))).toMatchObject({
      code: 'CONFLICT',
      conflicts: [],
    });
  });

  test('TC-6: two versions of one change set are told as one', async () => {
    const { card, owner } = await oneDayCard(w);
    const twice = async () => {
      const first = await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '07:30') }, { changeId });
      return w.run(updateTimecard, owner, { id: card.id, version: first.version, checkOutTime: at(3, '17:00') }, { changeId });
    };
    const changeId = crypto.randomUUID();
    await withContext({ actor: job('import') }, () => changeSet('timecards.import', twice));
    for (const version of [card.version, card.version + 1]) {
      const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version, breakEndTime: at(3, '13:00') }));
      expect(refusal.conflicts?.map(({ field }) => field)).toEqual(expect.arrayContaining(['check_in_time', 'check_out_time']));
    }
  });

  test('TC-6: each version of a card knows the change set that made it', async () => {
    const made = await weekCard(w, [2]);
    const card = await broughtTo(w, 'rejected', made);
    const em = w.orm.em.fork();
    const versions = await em.find(TimecardVersion, { timecard: card.id }, { orderBy: { version: 'asc' } });
    const events = await w.events(`Timecard:${card.id}`);
    expect(versions.map(({ version, changeId }) => [version, changeId])).toEqual(
      [...new Set(events.map((event) => event.changeId))].map((changeId, n) => [n + 1, changeId]),
    );
    const manager = await w.person('manager');
    expect((await w.run(getTimecard, manager, { id: card.id })).version).toBe(versions.length);
  });

  test('TC-6: a change around the application makes the version stale as well, and is no obstacle to naming later ones', async () => {
    const { card, owner } = await oneDayCard(w);
    await w.sql("update timecard_headers set check_in_time = check_in_time + interval '5 minutes' where id = ?", [card.id]);
    const present = await w.run(getTimecard, owner, { id: card.id });
    expect(present).toMatchObject({ version: card.version + 1, checkInTime: utc(3, '08:05') });
    expect((await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '07:00') }))).code).toBe(
      'CONFLICT',
    );
    await w.run(updateTimecard, owner, { id: card.id, version: present.version, checkOutTime: at(3, '17:00') });
    const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: present.version, checkInTime: at(3, '07:00') }));
    expect(refusal.conflicts?.map(({ field }) => field)).toContain('check_out_time');
  });
});
