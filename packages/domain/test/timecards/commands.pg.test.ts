import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { isShown } from '@countersign/audit/entry';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { Setting } from '../../src/people/rights/settings.ts';
import {
  approveTimecard,
  createTimecard,
  deleteTimecard,
  rejectTimecard,
  submitTimecard,
  updateTimecard,
} from '../../src/timecards/timecard.commands.ts';
import { getTimecard, listTimecards } from '../../src/timecards/timecard.queries.ts';
import { TIMECARD_STATUSES } from '../../src/timecards/timecard.views.ts';
import { world, type World } from '../world.ts';
import { at, broughtTo, oneDayCard, refusalOf, utc, weekCard, workday } from './cards.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(async () => {
  expect(w.alarms).toEqual([]);
  await w.close();
});

const get = (viewer: Viewer, id: string) => w.run(getTimecard, viewer, { id });

describe('TC-1: what a card is', () => {
  test('TC-1: a card of a period has the first in and the last out of its days, computed', async () => {
    const { card } = await weekCard(w, [3, 5]);
    expect(card).toMatchObject({
      label: 'Week of 2 Nov 2026',
      checkInTime: utc(3, '08:00'),
      checkOutTime: utc(5, '16:00'),
      totalHours: '16.00',
      breakStartTime: null,
    });
    expect(card.entries.map((entry) => [entry.workDate, entry.dailyTotalHours])).toEqual([
      ['2026-11-03', '8.00'],
      ['2026-11-05', '8.00'],
    ]);
  });

  test('TC-1: a card takes the zone of its site, and a day is a day of that zone', async () => {
    const tokyo = await w.newSite('Tokyo Yard', 'Asia/Tokyo');
    const owner = await w.person('worker');
    const wanted = {
      person: owner.id,
      site: tokyo.id,
      periodStart: '2026-11-03',
      periodEnd: '2026-11-03',
      checkOutTime: '2026-11-03T09:00:00Z',
    };
    const card = await w.run(createTimecard, owner, { ...wanted, checkInTime: '2026-11-02T23:00:00Z' });
    expect(card).toMatchObject({ timeZone: 'Asia/Tokyo', totalHours: '10.00' });
    const refusal = await refusalOf(w.run(createTimecard, owner, { ...wanted, checkInTime: '2026-11-02T14:30:00Z' }));
    expect(refusal.fields).toEqual([
      { field: 'check_in_time', message: 'In Asia/Tokyo this is on 2 Nov 2026: a shift of 3 Nov 2026 has to begin on that day.' },
    ]);
  });

  test('TC-1: times stand on the card for one day and on its days for a period, and nowhere else', async () => {
    const { card, owner } = await oneDayCard(w);
    const days = await refusalOf(
      w.run(updateTimecard, owner, { id: card.id, version: card.version, entries: [{ workDate: '2026-11-03' }] }),
    );
    expect(days.fields?.map(({ field }) => field)).toEqual(['entries']);
    const week = await weekCard(w, [2]);
    const header = await refusalOf(
      w.run(updateTimecard, week.owner, { id: week.card.id, version: week.card.version, checkInTime: at(2, '07:00') }),
    );
    expect(header.fields?.map(({ field }) => field)).toEqual(['check_in_time']);
  });

  test('TC-1: person and site of a card are fixed, for the database too', async () => {
    const { card } = await oneDayCard(w);
    const other = await w.person('worker');
    await expect(w.sql('update timecard_headers set person_id = ? where id = ?', [other.id, card.id])).rejects.toThrow(
      /fixed when it is made/,
    );
  });

  test('TC-1: a day belongs to the person of its card, whatever a statement says', async () => {
    const { card, owner } = await weekCard(w, []);
    const other = await w.person('worker');
    await w.sql(
      `insert into timecard_daily_entries (id, timecard_id, person_id, work_date) values (gen_random_uuid(), ?, ?, '2026-11-04')`,
      [card.id, other.id],
    );
    expect(await w.sql('select person_id from timecard_daily_entries where timecard_id = ?', [card.id])).toEqual([{ person_id: owner.id }]);
  });
});

describe('TC-2: what is recorded', () => {
  test('TC-2: a change to a daily entry carries its work date', async () => {
    const { card, owner } = await weekCard(w, [2]);
    await w.run(updateTimecard, owner, {
      id: card.id,
      version: card.version,
      entries: [{ workDate: '2026-11-02', dailyCheckOut: at(2, '17:00') }],
    });
    const event = (await w.events(`Timecard:${card.id}`)).findLast((one) => one.target?.type === 'TimecardEntry');
    expect(event).toMatchObject({
      workDate: '2026-11-02',
      target: { label: '2 Nov 2026' },
      root: { type: 'Timecard', id: card.id, label: 'Week of 2 Nov 2026' },
      subject: owner.id,
    });
  });

  test('TC-2: manually edited is true once a time was changed after it was first recorded, and not before', async () => {
    const owner = await w.person('worker');
    const first = await w.run(createTimecard, owner, {
      person: owner.id,
      site: w.site.id,
      periodStart: '2026-11-03',
      periodEnd: '2026-11-03',
      checkInTime: at(3, '08:00'),
    });
    const recorded = await w.run(updateTimecard, owner, { id: first.id, version: first.version, checkOutTime: at(3, '16:00') });
    expect(recorded.manuallyEdited).toBe(false);
    const edited = await w.run(updateTimecard, owner, { id: first.id, version: recorded.version, checkOutTime: at(3, '16:15') });
    expect(edited.manuallyEdited).toBe(true);
  });

  test('TC-2: a day counts how often its recorded times were changed', async () => {
    const { card, owner } = await weekCard(w, [2]);
    const once = await w.run(updateTimecard, owner, {
      id: card.id,
      version: card.version,
      entries: [{ workDate: '2026-11-02', dailyCheckIn: at(2, '07:00'), dailyCheckOut: at(2, '15:00') }],
    });
    const twice = await w.run(updateTimecard, owner, {
      id: card.id,
      version: once.version,
      entries: [
        { workDate: '2026-11-02', dailyCheckIn: at(2, '07:30') },
        { workDate: '2026-11-03', dailyCheckIn: at(3, '08:00') },
      ],
    });
    expect(twice.entries.map((entry) => entry.edits)).toEqual([2, 0]);
  });
});

describe('TC-3: totals and overtime', () => {
  test("TC-3: overtime of a week counts the person's other cards, and their change is part of the same change set", async () => {
    const owner = await w.person('worker');
    for (const day of [2, 3, 4, 5]) await oneDayCard(w, { day, owner });
    const friday = (await oneDayCard(w, { day: 6, owner })).card;
    expect(friday).toMatchObject({ totalHours: '8.00', overtimeHours: '0.00' });
    const saturday = (await oneDayCard(w, { day: 7, owner })).card;
    expect(saturday.overtimeHours).toBe('8.00');
    // Monday was shorter: two hours of Saturday are regular now.
    const monday = (await w.run(listTimecards, owner, { from: '2026-11-02', to: '2026-11-02' })).data[0];
    await w.run(updateTimecard, owner, { id: monday?.id ?? '', version: monday?.version ?? 0, checkOutTime: at(2, '14:30') });
    const after = await get(owner, saturday.id);
    expect(after).toMatchObject({ overtimeHours: '6.00', version: saturday.version + 1, manuallyEdited: false });
    const events = await w.events();
    const last = events.filter((event) => event.changeId === events.at(-1)?.changeId);
    expect(new Set(last.map((event) => event.root?.id))).toEqual(new Set([monday?.id, saturday.id]));
    expect(new Set(last.map((event) => event.action))).toEqual(new Set(['user_edit']));
  });

  test('TC-3: an approved card of the week keeps its overtime', async () => {
    const owner = await w.person('worker');
    const saturday = await broughtTo(w, 'approved', await oneDayCard(w, { day: 7, owner }));
    for (const day of [2, 3, 4, 5]) await oneDayCard(w, { day, owner });
    const { card } = await oneDayCard(w, { day: 6, owner });
    expect(card.overtimeHours).toBe('8.00');
    expect(await get(owner, saturday.id)).toMatchObject({ overtimeHours: '0.00', version: saturday.version });
  });

  test('TC-3: deleting a draft gives its regular hours to the other cards of the week', async () => {
    const owner = await w.person('worker');
    const cards = [];
    for (const day of [2, 3, 4, 5, 6, 7]) cards.push((await oneDayCard(w, { day, owner })).card);
    await w.run(deleteTimecard, owner, { id: cards[0]?.id ?? '', version: 1 });
    expect(await get(owner, cards[5]?.id ?? '')).toMatchObject({ overtimeHours: '0.00' });
  });

  test('TC-3, TC-10: whoever makes a card for somebody else needs a reason where it changes the overtime of another one', async () => {
    const owner = await w.person('worker');
    const manager = await w.person('manager');
    const late = { checkInTime: at(3, '18:00'), checkOutTime: at(3, '21:00'), breakStartTime: null, breakEndTime: null };
    await oneDayCard(w, { day: 3, owner, ...late });
    const wanted = { person: owner.id, site: w.site.id, periodStart: '2026-11-03', periodEnd: '2026-11-03', ...workday(3) };
    const refusal = await refusalOf(w.run(createTimecard, manager, wanted));
    expect(refusal.fields).toEqual([
      { field: 'reason', message: 'Say why: this changes the overtime of another timecard as well, "3 Nov 2026".' },
    ]);
    expect((await w.run(createTimecard, manager, { ...wanted, reason: 'paper sheet found' })).status).toBe('draft');
  });

  test('TC-3: the limits are settings', async () => {
    const em = w.orm.em.fork();
    const setting = em.create(Setting, { name: 'dailyOvertimeAfter', value: 7.5 });
    await em.flush();
    expect((await oneDayCard(w)).card).toMatchObject({ totalHours: '8.00', overtimeHours: '0.50' });
    em.remove(setting);
    await em.flush();
  });

  test('TC-3: two cards of a week that are made at the same time share its regular hours', async () => {
    const owner = await w.person('worker');
    const cards = await Promise.all([2, 3, 4, 5, 6, 7].map((day) => oneDayCard(w, { day, owner })));
    const now = await Promise.all(cards.map(({ card }) => get(owner, card.id)));
    expect(now.map((card) => card.overtimeHours)).toEqual(['0.00', '0.00', '0.00', '0.00', '0.00', '8.00']);
  });
});

describe('TC-4: status', () => {
  const commands = { submit: submitTimecard, approve: approveTimecard, reject: rejectTimecard, delete: deleteTimecard };
  const allowed: Record<string, readonly string[]> = {
    draft: ['submit', 'delete'],
    submitted: ['approve', 'reject'],
    approved: [],
    rejected: ['submit'],
  };
  const cases = TIMECARD_STATUSES.flatMap((status) =>
    (Object.keys(commands) as (keyof typeof commands)[]).map((verb) => [status, verb] as const),
  );

  test.each(cases)('TC-4: a card that is %s: %s', async (status, verb) => {
    const made = await oneDayCard(w);
    const card = await broughtTo(w, status, made);
    const admin = await w.person('admin');
    const before = await w.events(`Timecard:${card.id}`);
    const wanted = { id: card.id, version: card.version, ...(verb !== 'submit' && { reason: 'because' }) } as {
      id: string;
      version: number;
      reason: string;
    };
    const work = w.run(commands[verb] as typeof rejectTimecard, admin, wanted);
    if (allowed[status]?.includes(verb)) {
      await work;
      return;
    }
    const refusal = await refusalOf(work);
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', fields: [{ field: 'status', message: refusal.message }] });
    expect(refusal.message).toMatch(/^This timecard /);
    expect(await w.events(`Timecard:${card.id}`)).toEqual(before);
  });

  test('TC-4: a submitted card is not edited, whoever wants to', async () => {
    const made = await oneDayCard(w);
    const card = await broughtTo(w, 'submitted', made);
    const refusal = await refusalOf(w.run(updateTimecard, made.owner, { id: card.id, version: card.version, checkInTime: at(3, '07:00') }));
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', fields: [{ field: 'status' }] });
  });

  test('TC-4: a deleted draft leaves its record, with the days that it had', async () => {
    const { card, owner } = await weekCard(w, [2, 3]);
    await w.run(deleteTimecard, owner, { id: card.id, version: card.version });
    expect((await refusalOf(get(owner, card.id))).code).toBe('NOT_FOUND');
    const events = (await w.events(`Timecard:${card.id}`)).filter((event) => event.operation === 'delete');
    expect(events.map((event) => `${event.action} ${event.target?.type}`).toSorted()).toEqual([
      'timecard_deleted Timecard',
      'timecard_deleted TimecardEntry',
      'timecard_deleted TimecardEntry',
    ]);
  });

  test('TC-4: a shift without an end is not submitted', async () => {
    const { card, owner } = await oneDayCard(w, { checkOutTime: null });
    expect(
      (await refusalOf(w.run(submitTimecard, owner, { id: card.id, version: card.version }))).fields?.map(({ field }) => field),
    ).toEqual(['check_out_time']);
  });
});

describe('TC-5: the kind of edit', () => {
  test('TC-5: creating a card with its days is one change set of timecard_created', async () => {
    const { card } = await weekCard(w, [2, 3]);
    const events = await w.events(`Timecard:${card.id}`);
    expect(events.map((event) => event.action)).toEqual(['timecard_created', 'timecard_created', 'timecard_created']);
    expect(new Set(events.map((event) => event.changeId)).size).toBe(1);
  });

  test("TC-5: a day added, changed or removed by the owner is their edit; by anybody else an admin's", async () => {
    const { card, owner } = await weekCard(w, [2]);
    const manager = await w.person('manager');
    const added = await w.run(updateTimecard, owner, {
      id: card.id,
      version: card.version,
      entries: [{ workDate: '2026-11-03', dailyCheckIn: at(3, '08:00'), dailyCheckOut: at(3, '12:00') }],
    });
    await w.run(updateTimecard, manager, {
      id: card.id,
      version: added.version,
      entries: [{ workDate: '2026-11-03', remove: true }],
      reason: 'was not there',
    });
    const ofDay = (await w.events(`Timecard:${card.id}`)).filter((event) => event.workDate === '2026-11-03');
    expect(ofDay.map((event) => [event.action, event.operation])).toEqual([
      ['user_edit', 'create'],
      ['admin_edit', 'delete'],
    ]);
  });

  test('TC-5: removing a recorded day marks the card as manually edited', async () => {
    const { card, owner } = await weekCard(w, [2, 3]);
    const after = await w.run(updateTimecard, owner, {
      id: card.id,
      version: card.version,
      entries: [{ workDate: '2026-11-03', remove: true }],
    });
    expect(after).toMatchObject({ manuallyEdited: true, totalHours: '8.00' });
  });
});

describe('TC-6: impossible times and stale versions', () => {
  test('TC-6: impossible times are refused with every field, and nothing of the command is saved', async () => {
    const { card, owner } = await weekCard(w, [2]);
    const before = await w.events(`Timecard:${card.id}`);
    const entries = [
      { workDate: '2026-11-02', dailyCheckOut: at(2, '07:00') },
      { workDate: '2026-11-09', dailyCheckIn: at(9, '08:00') },
    ];
    const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: card.version, entries }));
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', message: "These times can't be." });
    expect(refusal.fields?.map(({ field }) => field)).toEqual(['entries.2026-11-02.daily_check_out', 'entries.2026-11-09.work_date']);
    expect(await get(owner, card.id)).toEqual(card);
    expect(await w.events(`Timecard:${card.id}`)).toEqual(before);
  });

  test('TC-6: a day that is named twice is refused', async () => {
    const { card, owner } = await weekCard(w, []);
    const refusal = await refusalOf(
      w.run(updateTimecard, owner, {
        id: card.id,
        version: card.version,
        entries: [{ workDate: '2026-11-02' }, { workDate: '2026-11-02' }],
      }),
    );
    expect(refusal.fields).toEqual([{ field: 'entries.2026-11-02.work_date', message: 'This day is named twice: name each day once.' }]);
  });

  test('TC-6: a period that ends before it begins, an unknown person and an unknown site are named together', async () => {
    const admin = await w.person('admin');
    const refusal = await refusalOf(
      w.run(createTimecard, admin, {
        person: crypto.randomUUID(),
        site: crypto.randomUUID(),
        periodStart: '2026-11-03',
        periodEnd: '2026-11-02',
      }),
    );
    expect(refusal.fields?.map(({ field }) => field)).toEqual(['person', 'site', 'period_end']);
  });

  test('TC-6: the database itself refuses what the rules refuse', async () => {
    const { card } = await oneDayCard(w);
    for (const change of [
      "check_out_time = check_in_time - interval '1 hour'",
      'break_end_time = null',
      "break_end_time = check_out_time + interval '1 hour'",
      "status = 'rejected'",
      'edited_after_approval = true',
      'overtime_hours = 99',
    ]) {
      await expect(w.sql(`update timecard_headers set ${change} where id = ?`, [card.id])).rejects.toThrow(/violates check constraint/);
    }
  });
});

describe('TC-10: reasons', () => {
  test('TC-10: an edit by anybody but the owner needs a reason, which stands with the change', async () => {
    const { card, owner } = await oneDayCard(w);
    const manager = await w.person('manager');
    const refusal = await refusalOf(w.run(updateTimecard, manager, { id: card.id, version: card.version, checkInTime: at(3, '07:00') }));
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', fields: [{ field: 'reason' }] });
    await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '07:00') });
    await w.run(updateTimecard, manager, { id: card.id, version: card.version + 1, checkInTime: at(3, '07:15'), reason: 'gate log' });
    expect((await w.events(`Timecard:${card.id}`)).map((event) => event.reason)).toEqual([null, null, 'gate log']);
  });

  test("TC-10: a change after approval needs a reason, an admin's of their own card too, and marks the card until it is approved anew", async () => {
    const admin = await w.person('admin');
    const card = await broughtTo(w, 'approved', await oneDayCard(w, { owner: admin }));
    const wanted = { id: card.id, version: card.version, checkOutTime: at(3, '17:00') };
    expect((await refusalOf(w.run(updateTimecard, admin, wanted))).fields?.map(({ field }) => field)).toEqual(['reason']);
    const edited = await w.run(updateTimecard, admin, { ...wanted, reason: 'gate log' });
    expect(edited).toMatchObject({
      status: 'approved',
      editedAfterApproval: true,
      actions: { edit: { allowed: true }, approve: { allowed: false } },
    });
    const manager = await w.person('manager');
    expect((await get(manager, card.id)).actions.approve).toEqual({ allowed: true, reason: null });
    const anew = await w.run(approveTimecard, manager, { id: card.id, version: edited.version });
    expect(anew).toMatchObject({ status: 'approved', editedAfterApproval: false });
    expect(anew.actions.approve).toEqual({ allowed: false, reason: 'This timecard is approved already, and was not edited since.' });
  });

  test('TC-10: a rejection has its reason, in the card and with every change that is part of it', async () => {
    const made = await weekCard(w, [2]);
    const card = await broughtTo(w, 'submitted', made);
    const supervisor = await w.person('supervisor', { responsibleFor: [{ site: w.site.id }] });
    await w.run(rejectTimecard, supervisor, {
      id: card.id,
      version: card.version,
      reason: 'break is missing',
      entries: [{ workDate: '2026-11-02', dailyBreakStart: at(2, '12:00'), dailyBreakEnd: at(2, '12:30') }],
    });
    const events = await w.events(`Timecard:${card.id}`);
    const rejection = events.filter((event) => event.changeId === events.at(-1)?.changeId);
    expect(new Set(rejection.map((event) => event.reason))).toEqual(new Set(['break is missing']));
    expect(rejection.map((event) => event.action).toSorted()).toEqual(['rejection_edit', 'rejection_edit', 'timecard_rejected']);
  });
});

describe('AC-10: admin notes', () => {
  test('AC-10: whoever may not see them neither reads nor changes them, and the log hides them', async () => {
    const { card, owner } = await oneDayCard(w);
    const admin = await w.person('admin');
    const noted = await w.run(updateTimecard, admin, {
      id: card.id,
      version: card.version,
      adminNotes: 'talk to the agency',
      reason: 'for payroll',
    });
    expect(noted).toMatchObject({ adminNotes: 'talk to the agency', hidden: [] });
    expect(await get(owner, card.id)).toMatchObject({ adminNotes: null, hidden: ['admin_notes'] });
    const refusal = await refusalOf(w.run(updateTimecard, owner, { id: card.id, version: noted.version, adminNotes: 'mine' }));
    expect(refusal).toMatchObject({ code: 'FORBIDDEN', fields: [{ field: 'admin_notes' }] });
    await eventually(async () => (await w.open.log.settle()).waiting === 0);
    const { events } = await w.open.log.page({
      filter: { root: [`Timecard:${card.id}`] },
      visibility: { everything: true, keys: [], sensitive: false },
      limit: 1,
    });
    expect(events[0]?.changes).toEqual([{ field: 'admin_notes', hidden: true }]);
    expect(events[0]?.changes.some(isShown)).toBe(false);
  });
});
