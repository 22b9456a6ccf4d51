import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withContext } from '@countersign/audit/context';
import { alertAdmins } from '../../src/messages/alerts.ts';
import { readAllNotifications, readNotifications } from '../../src/messages/notification.commands.ts';
import type { NoticeKind } from '../../src/messages/notice-kind.ts';
import { listNotifications, marksOf, notificationsAfter } from '../../src/messages/notification.queries.ts';
import { notify } from '../../src/messages/notify.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { User } from '../../src/people/user.ts';
import {
  approveTimecard,
  createTimecard,
  deleteTimecard,
  rejectTimecard,
  submitTimecard,
  updateTimecard,
} from '../../src/timecards/timecard.commands.ts';
import { TIMECARD_NOTICES } from '../../src/timecards/timecard-notices.ts';
import { at, broughtTo, oneDayCard, refusalOf, weekCard, workday } from '../timecards/cards.ts';
import { world, type World } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(async () => {
  expect(w.alarms).toEqual([]);
  await w.close();
});

const told = (person: Viewer, input = {}) => w.run(listNotifications, person, input);
const titles = async (person: Viewer) => (await told(person)).data.map(({ title }) => title);
const reason = 'the gate log says otherwise';

describe('TC-8: approval and rejection', () => {
  test('TC-8: an approval tells the owner, by whom and of which card', async () => {
    const made = await oneDayCard(w);
    const submitted = await broughtTo(w, 'submitted', made);
    const manager = await w.person('manager', { firstName: 'Ada', lastName: 'Byron' });
    await w.run(approveTimecard, manager, { id: submitted.id, version: submitted.version });
    const { data, unread } = await told(made.owner);
    expect(unread).toBe(1);
    expect(data).toEqual([
      expect.objectContaining({
        number: 1,
        kind: 'timecard_approved',
        title: 'Your timecard was approved: 3 Nov 2026',
        actor: { id: manager.id, name: 'Ada Byron' },
        root: { type: 'Timecard', id: submitted.id },
        path: `/timecards/${submitted.id}`,
        readAt: null,
      }),
    ]);
    // It tells of exactly the change set that the trail knows.
    const event = (await w.events(`Timecard:${submitted.id}`)).find(({ action }) => action === 'timecard_approved');
    expect(data[0]?.changeId).toBe(event?.changeId);
  });

  test('TC-8: a rejection shows its reason and the fields to mend, to the owner and on the card, until it is submitted again', async () => {
    const made = await oneDayCard(w);
    const submitted = await broughtTo(w, 'submitted', made);
    const rejected = await w.run(rejectTimecard, await w.person('manager'), {
      id: submitted.id,
      version: submitted.version,
      reason,
      fieldsToMend: ['break_end_time', 'check_out_time', 'break_end_time'],
    });
    expect(rejected.fieldsToMend).toEqual(['check_out_time', 'break_end_time']);
    expect((await told(made.owner)).data[0]).toMatchObject({
      kind: 'timecard_rejected',
      title: 'Your timecard was rejected: 3 Nov 2026',
      details: [
        { label: 'Reason', text: reason },
        { label: 'To mend', text: 'Check Out Time, Break End Time' },
      ],
    });
    const event = (await w.events(`Timecard:${rejected.id}`)).find(({ action }) => action === 'timecard_rejected');
    expect(event?.changes).toContainEqual({ field: 'fields_to_mend', old: null, new: '["check_out_time","break_end_time"]' });
    const again = await w.run(submitTimecard, made.owner, { id: rejected.id, version: rejected.version });
    expect(again.fieldsToMend).toEqual([]);
  });

  test('TC-8: of a card of several days the fields to mend are named with their days, and one that it has not is refused', async () => {
    const made = await weekCard(w, [3, 5]);
    const submitted = await broughtTo(w, 'submitted', made);
    const manager = await w.person('manager');
    const wanted = { id: submitted.id, version: submitted.version, reason };
    const refusal = await refusalOf(w.run(rejectTimecard, manager, { ...wanted, fieldsToMend: ['check_out_time'] }));
    expect(refusal.fields?.map(({ field }) => field)).toEqual(['fields_to_mend']);
    await w.run(rejectTimecard, manager, { ...wanted, fieldsToMend: ['entries.2026-11-05.daily_check_out'] });
    expect((await told(made.owner)).data[0]?.details).toContainEqual({ label: 'To mend', text: '5 Nov 2026 Daily Check Out' });
  });

  test('TC-8: a step that is refused tells nobody, and one that is rolled back neither', async () => {
    const made = await oneDayCard(w);
    await refusalOf(w.run(approveTimecard, await w.person('manager'), { id: made.card.id, version: made.card.version }));
    const submitted = await broughtTo(w, 'submitted', made);
    const manager = await w.person('manager');
    const outer = w.orm.em.fork();
    const rolledBack = outer.transactional(async (em) => {
      const call = { em, viewer: manager, log: w.open.log };
      await withContext({ actor: { kind: 'user', id: manager.id } }, () =>
        approveTimecard.run({ id: submitted.id, version: submitted.version }, call),
      );
      throw new Error('after all not');
    });
    await expect(rolledBack).rejects.toThrow('after all not');
    expect(await titles(made.owner)).toEqual([]);
  });
});

describe('TC-13: changes of hours', () => {
  test("TC-13: a change of somebody's hours by somebody else tells them, with the reason; their own tells nobody", async () => {
    const { card, owner } = await oneDayCard(w);
    const mine = await w.run(updateTimecard, owner, { id: card.id, version: card.version, checkInTime: at(3, '08:10') });
    expect(await titles(owner)).toEqual([]);
    const inHouse = await w.person('in_house');
    await w.run(updateTimecard, inHouse, { id: card.id, version: mine.version, reason, checkInTime: at(3, '08:20') });
    expect((await told(owner)).data).toEqual([
      expect.objectContaining({
        kind: 'hours_changed',
        title: 'Your hours were changed: 3 Nov 2026',
        details: [{ label: 'Reason', text: reason }],
      }),
    ]);
  });

  test('TC-13: hours that somebody else records or deletes tell their owner; an empty card and notes alone do not', async () => {
    const owner = await w.person('worker');
    const manager = await w.person('manager');
    const admin = await w.person('admin');
    const where = { person: owner.id, site: w.site.id, periodStart: '2026-11-04', periodEnd: '2026-11-04', reason };
    const empty = await w.run(createTimecard, manager, where);
    expect(await titles(owner)).toEqual([]);
    const noted = await w.run(updateTimecard, manager, { id: empty.id, version: empty.version, adminNotes: 'ask him', reason });
    expect(await titles(owner)).toEqual([]);
    await w.run(deleteTimecard, admin, { id: noted.id, version: noted.version, reason });
    const full = await w.run(createTimecard, manager, { ...where, ...workday(4) });
    await w.run(deleteTimecard, admin, { id: full.id, version: full.version, reason });
    expect(await titles(owner)).toEqual([
      'Your draft was deleted: 4 Nov 2026',
      'Hours of yours were recorded: 4 Nov 2026',
      'Your draft was deleted: 4 Nov 2026',
    ]);
    // The page of a card that is gone still shows its trail.
    expect((await told(owner)).data[0]?.path).toBe(`/timecards/${full.id}`);
  });

  test('TC-13: an edit after approval tells the owner, whatever it changed', async () => {
    const made = await oneDayCard(w);
    const approved = await broughtTo(w, 'approved', made);
    const admin = await w.person('admin');
    const noted = await w.run(updateTimecard, admin, { id: approved.id, version: approved.version, reason, adminNotes: 'payroll asked' });
    await w.run(updateTimecard, admin, { id: approved.id, version: noted.version, reason, checkOutTime: at(3, '17:00') });
    const { data } = await told(made.owner);
    expect(data.map(({ kind, title }) => [kind, title])).toEqual([
      ['edited_after_approval', 'Your hours were changed after approval: 3 Nov 2026'],
      ['edited_after_approval', 'Your timecard was changed after approval: 3 Nov 2026'],
      ['timecard_approved', 'Your timecard was approved: 3 Nov 2026'],
    ]);
  });

  test('TC-13: an edit that changes the overtime of another card says so', async () => {
    const { card, owner } = await weekCard(w, [2, 3, 4, 5]);
    await oneDayCard(w, { day: 6, owner });
    const long = await w.run(updateTimecard, await w.person('in_house'), {
      id: card.id,
      version: card.version,
      reason,
      entries: [{ workDate: '2026-11-07', dailyCheckIn: at(7, '08:00'), dailyCheckOut: at(7, '14:00') }],
    });
    expect(long.totalHours).toBe('38.00');
    const [notice] = (await told(owner)).data;
    expect(notice?.title).toBe('Your hours were changed: Week of 2 Nov 2026');
    expect((await w.events()).filter(({ changeId }) => changeId === notice?.changeId).length).toBeGreaterThan(0);
  });

  test('TC-13: hours that are changed as part of a rejection are told with it, once', async () => {
    const made = await oneDayCard(w);
    const submitted = await broughtTo(w, 'submitted', made);
    await w.run(rejectTimecard, await w.person('manager'), {
      id: submitted.id,
      version: submitted.version,
      reason,
      checkOutTime: at(3, '16:00'),
    });
    const { data } = await told(made.owner);
    expect(data.map(({ kind }) => kind)).toEqual(['timecard_rejected']);
    expect(data[0]?.details).toContainEqual({ label: 'Changed with it', text: 'Hours of this timecard' });
  });

  test('TC-13: who is disabled is told nothing', async () => {
    const made = await oneDayCard(w);
    const submitted = await broughtTo(w, 'submitted', made);
    await withContext({ actor: { kind: 'system', id: 'test' } }, async () => {
      const em = w.orm.em.fork();
      em.assign(await em.findOneOrFail(User, { id: made.owner.id }), { disabledAt: new Date() });
      await em.flush();
    });
    await w.run(approveTimecard, await w.person('manager'), { id: submitted.id, version: submitted.version });
    expect(await w.sql('select id from notifications where person_id = ?', [made.owner.id])).toEqual([]);
    expect(await w.sql('select id from messages where person_id = ?', [made.owner.id])).toEqual([]);
  });
});

describe('the numbers of notices', () => {
  test('count each person’s 1, 2, 3 … in the order of the commits, however many are told at once', async () => {
    const owner = await w.person('worker');
    // A reader that looks again and again never finds a number at or below one that it has seen.
    let seen = 0;
    let reading = true;
    const found: number[] = [];
    const reader = (async () => {
      while (reading) {
        for (const { number } of await notificationsAfter(w.orm.em.fork(), owner.id, seen, 3)) {
          found.push(number);
          seen = number;
        }
      }
    })();
    const tellOnce = (n: number) =>
      w.orm.em.fork().transactional(async (em) => {
        await notify(em, [{ person: owner.id, kinds: [TIMECARD_NOTICES[0] as NoticeKind], title: `Notice of ${n}` }]);
        await em.flush();
        // The one that began first takes longest to commit.
        await em.execute('select pg_sleep(?)', [0.08 - n * 0.01]);
      });
    await Promise.all(Array.from({ length: 8 }, (_, n) => tellOnce(n)));
    while (found.length < 8) await new Promise(setImmediate);
    reading = false;
    await reader;
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await marksOf(w.orm.em, [owner.id])).get(owner.id)).toEqual({ last: 8, reads: 0 });
  });

  test('two who tell the same people in another order don’t wait for each other; of one transaction each person’s stand in the order of telling', async () => {
    const [one, other] = [await w.person('worker'), await w.person('worker')];
    const told: (() => void)[] = [];
    const bothTold = Promise.all([0, 1].map((n) => new Promise<void>((resolve) => (told[n] = resolve))));
    const tellInTurn = (n: number, people: readonly Viewer[]) =>
      w.orm.em.fork().transactional(async (em) => {
        for (const { id } of people) {
          await notify(em, [{ person: id, kinds: [TIMECARD_NOTICES[0] as NoticeKind], title: `Notice of ${n}` }]);
          await em.flush();
          told[n]?.();
          await bothTold;
        }
      });
    await Promise.all([tellInTurn(0, [one, other, one]), tellInTurn(1, [other, one, other])]);
    for (const { id } of [one, other]) {
      const found = await notificationsAfter(w.orm.em.fork(), id, 0, 10);
      expect(found.map(({ number }) => number)).toEqual([1, 2, 3]);
      expect((await marksOf(w.orm.em, [id])).get(id)).toEqual({ last: 3, reads: 0 });
    }
  });

  test('pages go back by number, and only unread ones are listed where that is asked', async () => {
    const owner = await w.person('worker');
    for (const day of [2, 3, 4, 5, 6]) await broughtTo(w, 'approved', await oneDayCard(w, { day, owner }));
    const first = await told(owner, { limit: 2 });
    expect([first.data.map(({ number }) => number), first.next]).toEqual([[5, 4], 4]);
    const last = await told(owner, { limit: 3, before: first.next ?? 0 });
    expect([last.data.map(({ number }) => number), last.next]).toEqual([[3, 2, 1], null]);
    const read = await w.run(readNotifications, owner, { ids: last.data.map(({ id }) => id) });
    expect(read.unread).toBe(2);
    expect((await told(owner, { unread: true })).data.map(({ number }) => number)).toEqual([5, 4]);
    expect(await w.run(readAllNotifications, owner, { upTo: 4 })).toEqual({ unread: 1 });
    expect((await marksOf(w.orm.em, [owner.id])).get(owner.id)).toEqual({ last: 5, reads: 2 });
  });

  test("nobody reads or marks another person's notices", async () => {
    const made = await oneDayCard(w);
    await broughtTo(w, 'approved', made);
    const other = await w.person('admin');
    const [notice] = (await told(made.owner)).data;
    await w.run(readNotifications, other, { ids: [notice?.id ?? ''] });
    expect((await told(other)).data.map(({ id }) => id)).not.toContain(notice?.id);
    expect((await told(made.owner)).unread).toBe(1);
  });
});

describe('alerts to administrators', () => {
  const raise = (topic: string) => alertAdmins(w.orm.em, { topic, title: 'The log can’t be written', text: 'Look at the disk.' });

  test('reach every administrator and nobody else, and the same one once an hour, however many notice it', async () => {
    const [admin, second, manager] = [await w.person('admin'), await w.person('admin'), await w.person('manager')];
    const raised = await Promise.all([raise('disk'), raise('disk'), raise('disk'), raise('network')]);
    expect(raised.filter(Boolean)).toHaveLength(2);
    expect(raised[3]).toBe(true);
    for (const one of [admin, second]) expect((await told(one)).data.filter(({ kind }) => kind === 'system_alert')).toHaveLength(2);
    expect((await told(admin)).data[0]).toMatchObject({ actor: null, details: [{ label: 'What is known', text: 'Look at the disk.' }] });
    expect((await told(manager)).data).toEqual([]);
    await w.sql("update notifications set created_at = created_at - interval '61 minutes' where topic = 'disk'");
    expect(await raise('disk')).toBe(true);
  });
});
