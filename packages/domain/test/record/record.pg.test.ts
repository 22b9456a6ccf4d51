import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { changeSet, job, withContext } from '@countersign/audit/context';
import type { z } from 'zod';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { auditEvent, auditLogs, auditOverview, auditPage, auditVocabulary } from '../../src/record/audit.queries.ts';
import { auditLogsInput, pageInput, type auditLogGroup, type auditLogRow } from '../../src/record/record.views.ts';
import { timecardAuditLogs } from '../../src/timecard-audit-logs.ts';
import { deleteTimecard, rejectTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { Timecard } from '../../src/timecards/timecard.ts';
import { world, type World } from '../world.ts';
import { at, broughtTo, oneDayCard, refusalOf, utc, weekCard, type Card } from '../timecards/cards.ts';

let w: World;
let owner: Viewer;
let admin: Viewer;
let card: Card;
/** One card with a history: made, mended by its owner, submitted, rejected with an edit by an admin, noted. */
beforeAll(async () => {
  w = await world();
  owner = await w.person('worker', { firstName: 'Li', lastName: 'Wei' });
  admin = await w.person('admin', { firstName: 'Ada', lastName: 'Min' });
  const made = await weekCard(w, [2, 3], owner);
  const mended = await w.run(updateTimecard, owner, {
    id: made.card.id,
    version: 1,
    entries: [{ workDate: '2026-11-02', dailyCheckOut: at(2, '17:00') }],
  });
  const submitted = await broughtTo(w, 'submitted', { card: mended, owner });
  const rejected = await w.run(rejectTimecard, admin, {
    id: submitted.id,
    version: submitted.version,
    reason: 'gate log',
    entries: [{ workDate: '2026-11-03', dailyCheckOut: at(3, '15:00') }],
  });
  card = await w.run(updateTimecard, admin, {
    id: rejected.id,
    version: rejected.version,
    adminNotes: 'call the agency',
    reason: 'for payroll',
  });
});
afterAll(async () => {
  expect(w.alarms).toEqual([]);
  await w.close();
});

type Row = z.output<typeof auditLogRow>;
type Group = z.output<typeof auditLogGroup>;
type Asked = Omit<z.input<typeof timecardAuditLogs.input>, 'id'>;
const logs = async (viewer: Viewer, asked: Asked = {}) =>
  (await w.run(timecardAuditLogs, viewer, { id: card.id, limit: 500, ...asked })).data as Row[];
const groups = async (viewer: Viewer, asked: Asked = {}) =>
  (await w.run(timecardAuditLogs, viewer, { id: card.id, grouped: true, ...asked })).data as Group[];

describe('AUD-26: GET /api/timecards/{id}/audit-logs', () => {
  test('AUD-26: one row for each changed field, newest first, with raw text and the name of who changed it', async () => {
    const rows = await logs(admin);
    expect(rows[0]).toMatchObject({
      fieldName: 'admin_notes',
      oldValue: null,
      newValue: 'call the agency',
      actionType: 'admin_edit',
      reason: 'for payroll',
      timecardId: card.id,
    });
    const row = rows.find((one) => one.workDate === '2026-11-02' && one.actionType === 'user_edit' && one.fieldName === 'daily_check_out');
    expect(row).toMatchObject({
      oldValue: utc(2, '16:00'),
      newValue: utc(2, '17:00'),
      changedBy: owner.id,
      changedByProfile: { fullName: 'Li Wei' },
    });
    expect(rows.map(({ position }) => position)).toEqual(rows.map(({ position }) => position).toSorted((one, other) => other - one));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  test('AUD-26: by action and by field, each of them repeated', async () => {
    expect(new Set((await logs(admin, { actionType: ['user_edit', 'rejection_edit'] })).map(({ actionType }) => actionType))).toEqual(
      new Set(['user_edit', 'rejection_edit']),
    );
    expect(new Set((await logs(admin, { fieldName: ['status', 'total_hours'] })).map(({ fieldName }) => fieldName))).toEqual(
      new Set(['status', 'total_hours']),
    );
    expect(await logs(admin, { actionType: 'no_such_action' })).toEqual([]);
  });

  test('AUD-26: grouped by change set: limit, offset and total count change sets', async () => {
    const page = await w.run(timecardAuditLogs, admin, { id: card.id, grouped: 'true', limit: 2 });
    expect(page.pagination).toEqual({ total: 5, more: false, limit: 2, offset: 0, hasMore: true });
    const all = await groups(admin);
    // A change set is named after the step that the card took.
    expect(all.map(({ actionType }) => actionType)).toEqual([
      'admin_edit',
      'timecard_rejected',
      'timecard_submitted',
      'user_edit',
      'timecard_created',
    ]);
    expect(all[1]).toMatchObject({ changedBy: admin.id, changedByProfile: { fullName: 'Ada Min' } });
    expect(new Set(all[1]?.changes.map(({ actionType }) => actionType))).toEqual(new Set(['timecard_rejected', 'rejection_edit']));
    expect(all.flatMap(({ changes }) => changes)).toEqual(await logs(admin));
    expect(await groups(admin, { limit: 2, offset: 4 })).toEqual(all.slice(4));
  });

  test('AUD-26: whether there are more is true only where there are, also beyond what is counted', async () => {
    const { length } = await logs(admin);
    const more = async (asked: Asked) => (await w.run(timecardAuditLogs, admin, { id: card.id, ...asked })).pagination.hasMore;
    for (const grouped of [false, true]) {
      const last = grouped ? 4 : length - 1;
      expect(await more({ grouped, offset: last, limit: 1 })).toBe(false);
      expect(await more({ grouped, offset: last - 1, limit: 1 })).toBe(true);
      const counted = { total: 10_000, more: true };
      const log = Object.assign(Object.create(w.open.log) as typeof w.open.log, {
        settle: async () => ({ waiting: 0 }),
        fieldRows: async () => ({ rows: [], count: counted }),
        changeSets: async () => ({ sets: [], count: counted }),
      });
      const call = { em: w.orm.em.fork(), viewer: admin, log };
      const beyond = await timecardAuditLogs.run(timecardAuditLogs.input.parse({ id: card.id, grouped, offset: 20_000 }), call);
      expect(beyond).toMatchObject({ data: [], pagination: { ...counted, hasMore: false } });
    }
  });

  test('AUD-26: what was just committed is in the answer', async () => {
    for (let n = 0; n < 10; n += 1) {
      const made = await oneDayCard(w);
      await w.run(updateTimecard, made.owner, { id: made.card.id, version: 1, checkOutTime: at(3, '17:00') });
      const rows = await w.run(timecardAuditLogs, made.owner, { id: made.card.id, actionType: 'user_edit' });
      expect(rows.pagination.total).toBe(4);
    }
  });

  test("AUD-26: a range of instants or days, inclusive, days in the card's zone", async () => {
    const rows = await logs(admin);
    const [newest, oldest] = [rows[0]?.changedAt ?? '', rows.at(-1)?.changedAt ?? ''];
    expect(await logs(admin, { dateFrom: newest, dateTo: newest })).toEqual(rows.filter(({ changedAt }) => changedAt === newest));
    expect(await logs(admin, { dateTo: oldest })).toEqual(rows.filter(({ changedAt }) => changedAt === oldest));
    const day = (instant: string) => new Date(instant).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' });
    expect(await logs(admin, { dateFrom: day(oldest), dateTo: day(newest) })).toHaveLength(rows.length);
    expect(await logs(admin, { dateTo: new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10) })).toEqual([]);
  });

  test('AC-4: a sensitive change is shown as such, without its values, to those who may not see it', async () => {
    const rows = await logs(owner);
    const hidden = rows.find(({ fieldName }) => fieldName === 'admin_notes');
    expect(hidden).toMatchObject({ hidden: true, oldValue: null, newValue: null });
    expect(JSON.stringify(rows)).not.toContain('agency');
    expect(rows).toHaveLength((await logs(admin)).length);
  });

  test('AUD-26: the record of a deleted draft can still be read by those who may see it', async () => {
    const made = await oneDayCard(w);
    await w.run(deleteTimecard, made.owner, { id: made.card.id, version: 1 });
    const read = (viewer: Viewer) => w.run(timecardAuditLogs, viewer, { id: made.card.id });
    expect((await read(made.owner)).data[0]).toMatchObject({ actionType: 'timecard_deleted', newValue: null });
    expect((await read(admin)).pagination.total).toBeGreaterThan(0);
    expect((await refusalOf(read(owner))).code).toBe('NOT_FOUND');
  });

  test('AUD-26: limits of page and offset are refused with their field', () => {
    for (const wrong of [
      { limit: 501 },
      { limit: 0 },
      { offset: -1 },
      { dateFrom: 'yesterday' },
      { actionType: ['x'.repeat(201)] },
      { colour: 'red' },
    ]) {
      expect(timecardAuditLogs.input.safeParse({ id: card.id, ...wrong }).success).toBe(false);
    }
    expect(timecardAuditLogs.input.parse({ id: card.id })).toMatchObject({ limit: 50, offset: 0, grouped: false });
    expect(auditLogsInput.safeParse({ rootType: 'Timecard' }).error?.issues[0]?.path).toEqual(['rootId']);
    expect(pageInput.safeParse({ limit: 501 }).success).toBe(false);
  });
});

describe('AUD-26: the whole log', () => {
  test('AUD-26: any root by type and id, in the same shape', async () => {
    const rows = (await w.run(auditLogs, admin, { rootType: 'Timecard', rootId: card.id, limit: 500 })).data as Row[];
    expect(rows.map(({ id }) => id)).toEqual((await logs(admin)).map(({ id }) => id));
    expect(rows[0]).toMatchObject({ rootType: 'Timecard', rootId: card.id });
    expect(rows[0]).not.toHaveProperty('timecardId');
    expect((await w.run(auditLogs, admin, { rootType: 'User', rootId: card.id })).data).toEqual([]);
  });

  test('AC-3: everybody finds only what they may see, in rows, pages, single events and counts', async () => {
    const stranger = await w.person('worker');
    const other = await oneDayCard(w, { owner: stranger });
    const everything = await w.events();
    const own = everything.filter((event) => event.subject === stranger.id || event.actor.id === stranger.id);
    const page = await w.run(auditPage, stranger, { limit: 500 });
    expect(page.events.map(({ position }) => position)).toEqual(own.map(({ position }) => position).toReversed());
    expect(page.total).toEqual({ count: own.length, more: false });
    expect((await w.run(auditLogs, stranger, { rootType: 'Timecard', rootId: card.id })).pagination.total).toBe(0);
    expect(
      (await refusalOf(w.run(auditEvent, stranger, { position: everything.find((event) => event.root?.id === card.id)?.position ?? 0 })))
        .code,
    ).toBe('NOT_FOUND');
    expect((await w.run(auditEvent, stranger, { position: own.at(-1)?.position ?? 0 })).root?.id).toBe(other.card.id);
  });

  test('AC-2: a supervisor finds the events of the site and of the people that they are responsible for', async () => {
    const ofSite = await w.person('supervisor', { responsibleFor: [{ site: w.site.id }] });
    const ofPerson = await w.person('supervisor', { responsibleFor: [{ person: owner.id }] });
    const neither = await w.person('supervisor');
    const count = async (viewer: Viewer) => (await w.run(auditPage, viewer, { root: `Timecard:${card.id}` })).total.count;
    const all = await count(admin);
    expect([await count(ofSite), await count(ofPerson), await count(neither)]).toEqual([all, all, 0]);
  });

  test('an event is shown with the names that the log itself does not hold', async () => {
    const { events } = await w.run(auditPage, admin, { root: card.id, action: 'timecard_rejected' });
    expect(events[0]).toMatchObject({
      actor: { kind: 'user', id: admin.id, name: 'Ada Min' },
      subject: { id: owner.id, name: 'Li Wei' },
      reason: 'gate log',
    });
    const [stored] = await w.sql<{ row: string }>('select e::text as row from audit_event e where position = ?', [events[0]?.position]);
    expect(stored?.row).not.toMatch(/Ada|Min,|Wei/);
  });

  test("a job is named by its name, what came around the application is the database's", async () => {
    const em = w.orm.em.fork();
    const made = await oneDayCard(w);
    await withContext({ actor: job('nightly'), channel: 'job', reason: 'rounding' }, () =>
      changeSet('nightly.round', async () => {
        (await em.findOneOrFail(Timecard, { id: made.card.id })).breakDuration = 31;
        await em.flush();
      }),
    );
    const { events } = await w.run(auditPage, admin, { root: made.card.id, limit: 1 });
    expect(events[0]).toMatchObject({ action: 'admin_edit', actor: { kind: 'system', name: 'nightly' } });
    const rows = (await w.run(timecardAuditLogs, admin, { id: made.card.id, limit: 1 })).data as Row[];
    expect(rows[0]).toMatchObject({ changedBy: null, changedByProfile: null });
  });

  test('the pages of the log meet: each begins where the one before it ended', async () => {
    const positions: number[] = [];
    let before: number | undefined;
    do {
      const page = await w.run(auditPage, admin, { limit: 7, before });
      positions.push(...page.events.map(({ position }) => position));
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(positions).toEqual((await w.events()).map(({ position }) => position).toReversed());
  });
});

describe('AUD-37: the overview', () => {
  test('AUD-37: counts by time, area, action and actor, with their words, each facet as if it had no filter', async () => {
    const overview = await w.run(auditOverview, admin, { action: 'timecard_rejected' });
    const { events } = await w.run(auditPage, admin, { limit: 500 });
    const rejected = events.filter(({ action }) => action === 'timecard_rejected');
    expect(overview.total).toEqual({ count: rejected.length, more: false });
    expect(overview.bars.reduce((sum, { count }) => sum + count, 0)).toBe(rejected.length);
    expect(overview.facets.actor.values).toContainEqual({ value: admin.id, label: 'Ada Min', count: rejected.length });
    const submitted = events.filter(({ action }) => action === 'timecard_submitted').length;
    expect(overview.facets.action.values).toContainEqual({ value: 'timecard_submitted', label: 'Timecard submitted', count: submitted });
  });

  test('AC-3 AUD-37: of what one may see, and nothing else', async () => {
    const stranger = await w.person('worker');
    const overview = await w.run(auditOverview, stranger, {});
    const page = await w.run(auditPage, stranger, { limit: 500 });
    expect(overview.total.count).toBe(page.events.length);
    const own = await w.run(auditOverview, owner, { root: `Timecard:${card.id}` });
    expect(own.total.count).toBe((await w.run(auditPage, owner, { root: `Timecard:${card.id}` })).events.length);
    expect(own.facets.actor.values.map(({ label }) => label).sort()).toEqual(['Ada Min', 'Li Wei']);
  });

  test('AUD-37: a day of the range is a day of the zone that is asked for', async () => {
    const day = (await w.run(auditPage, admin, { limit: 1 })).events[0]?.occurredAt.slice(0, 10) as string;
    const { bars } = await w.run(auditOverview, admin, { from: day, to: day, timeZone: 'UTC' });
    expect(bars.every(({ from }) => from.startsWith(day))).toBe(true);
    expect(() => auditOverview.input.parse({ timeZone: 'Mars/Olympus' })).toThrow('is no time zone');
  });
});

describe('R-2: the vocabulary', () => {
  test("R-2: every action, entity and field has its label; the timecard's are those of the specification", async () => {
    const vocabulary = await w.run(auditVocabulary, owner, {});
    expect(vocabulary.areas.map(({ name }) => name)).toEqual([
      'access',
      'answers',
      'audit',
      'messages',
      'people',
      'reading',
      'system',
      'timecards',
    ]);
    const labels = (entity: string) =>
      Object.fromEntries(vocabulary.fields.filter((field) => field.entity === entity).map((field) => [field.name, field.label]));
    // TC-2
    expect(labels('Timecard')).toMatchObject({
      check_in_time: 'Check In Time',
      check_out_time: 'Check Out Time',
      break_start_time: 'Break Start Time',
      break_end_time: 'Break End Time',
      total_hours: 'Total Hours',
      break_duration: 'Break Duration',
      overtime_hours: 'Overtime Hours',
      status: 'Status',
      manually_edited: 'Manually Edited Flag',
      admin_notes: 'Admin Notes',
    });
    expect(labels('TimecardEntry')).toMatchObject({
      daily_check_in: 'Daily Check In',
      daily_check_out: 'Daily Check Out',
      daily_break_start: 'Daily Break Start',
      daily_break_end: 'Daily Break End',
      daily_total_hours: 'Daily Total Hours',
    });
    const actions = vocabulary.actions.filter(({ area }) => area === 'timecards').map(({ name }) => name);
    expect(actions.toSorted()).toEqual([
      'admin_edit',
      'rejection_edit',
      'timecard_approved',
      'timecard_created',
      'timecard_deleted',
      'timecard_rejected',
      'timecard_submitted',
      'timecards_export_finished',
      'timecards_exported',
      'timecards_imported',
      'user_edit',
    ]);
    expect(
      vocabulary.fields
        .filter(({ sensitive }) => sensitive)
        .map(({ entity, name }) => `${entity}.${name}`)
        .toSorted(),
    ).toEqual(['Timecard.admin_notes', 'User.email', 'User.first_name', 'User.last_name', 'User.phone_number']);
  });
});

describe('AUD-13: the view timecard_audit_log', () => {
  const view = () =>
    w.sql<Record<string, string | null>>(
      'select *, changed_at::text as at from timecard_audit_log where timecard_id = ? order by changed_at desc',
      [card.id],
    );

  test("AUD-13: it has the columns of the source's table", async () => {
    const columns = await w.sql<{ column_name: string; data_type: string }>(
      `select column_name, data_type from information_schema.columns where table_name = 'timecard_audit_log' order by ordinal_position`,
    );
    expect(columns.map(({ column_name, data_type }) => `${column_name} ${data_type}`)).toEqual([
      'id uuid',
      'timecard_id uuid',
      'change_id uuid',
      'field_name text',
      'old_value text',
      'new_value text',
      'changed_by uuid',
      'changed_at timestamp with time zone',
      'action_type text',
      'work_date date',
    ]);
  });

  test('AUD-13: it has the rows that the interface has, with the same ids, and what is protected as such', async () => {
    await eventually(async () => (await w.open.log.settle()).waiting === 0);
    const rows = await logs(admin);
    const byId = new Map((await view()).map((row) => [row['id'], row]));
    expect(byId.size).toBe(rows.length);
    for (const row of rows) {
      const shown =
        row.fieldName === 'admin_notes'
          ? { old_value: '[protected]', new_value: '[protected]' }
          : { old_value: row.oldValue, new_value: row.newValue };
      expect(byId.get(row.id)).toMatchObject({
        field_name: row.fieldName,
        change_id: row.changeId,
        changed_by: row.changedBy,
        action_type: row.actionType,
        work_date: row.workDate,
        ...shown,
      });
    }
  });

  test('AUD-13: changed_by is null for a job', async () => {
    const [row] = await w.sql<{ n: number }>(
      `select count(*)::int as n from timecard_audit_log v join audit_event e using (change_id) where e.actor_kind <> 'user' and v.changed_by is not null`,
    );
    expect(row?.n).toBe(0);
  });

  test('AUD-13: an id that is no UUID is null, and breaks no other row', async () => {
    const other = await world();
    onTestFinished(other.close);
    await oneDayCard(other);
    await other.events();
    const rows = () => other.sql<{ timecard_id: string | null; changed_by: string | null }>('select * from timecard_audit_log');
    const before = await rows();
    await other.sql(
      `insert into audit_event select (jsonb_populate_record(e, jsonb_build_object('position', position + 1, 'root_id', 'card-7', 'actor_kind', 'user', 'actor_id', 'ada'))).*
        from audit_event e where root_type = 'Timecard' and changes <> '[]' order by position desc limit 1`,
    );
    const after = await rows();
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.filter(({ timecard_id }) => timecard_id === null).every(({ changed_by }) => changed_by === null)).toBe(true);
    expect(after.filter(({ timecard_id }) => timecard_id !== null)).toHaveLength(before.length);
  });
});
