import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { auditAsOf, auditMoments } from '../../src/record/as-of.queries.ts';
import { asOfInput, type asOfView } from '../../src/record/as-of.views.ts';
import { deleteTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { at, broughtTo, oneDayCard, refusalOf, utc, weekCard, type Card } from '../timecards/cards.ts';
import { world, type World } from '../world.ts';

let w: World;
let owner: Viewer;
let admin: Viewer;
let card: Card;
/** A week that was made with two days, lost one of them and got another, was noted and submitted. */
beforeAll(async () => {
  w = await world();
  owner = await w.person('worker', { firstName: 'Li', lastName: 'Wei' });
  admin = await w.person('admin', { firstName: 'Ada', lastName: 'Min' });
  const made = await weekCard(w, [2, 3], owner);
  const changed = await w.run(updateTimecard, owner, {
    id: made.card.id,
    version: 1,
    entries: [
      { workDate: '2026-11-02', dailyCheckOut: at(2, '17:00') },
      { workDate: '2026-11-03', remove: true },
      { workDate: '2026-11-05', dailyCheckIn: at(5, '08:00'), dailyCheckOut: at(5, '12:00') },
    ],
  });
  const noted = await w.run(updateTimecard, admin, {
    id: changed.id,
    version: changed.version,
    adminNotes: 'call the agency',
    reason: 'for payroll',
  });
  card = await broughtTo(w, 'submitted', { card: noted, owner });
});
afterAll(async () => {
  expect(w.alarms).toEqual([]);
  await w.close();
});

type View = z.output<typeof asOfView>;
const root = (id = card.id) => `Timecard:${id}`;
const moments = async (viewer = admin, id = card.id) => (await w.run(auditMoments, viewer, { root: root(id) })).moments;
const asOf = (viewer: Viewer, moment: { at?: string; position?: number } = {}, id = card.id) =>
  w.run(auditAsOf, viewer, { root: root(id), ...moment });
const values = (view: View, n = 0) => Object.fromEntries((view.records[n]?.fields ?? []).map(({ name, value }) => [name, value]));
const days = (view: View) => view.records.slice(1).map(({ workDate }) => workDate);

/** A change that nothing records, as only the owner of the tables can make it. */
async function unrecorded(table: string, sql: string, params: unknown[]): Promise<void> {
  await w.sql(`alter table ${table} disable trigger user`);
  await w.sql(sql, params);
  await w.sql(`alter table ${table} enable trigger user`);
}

describe('AUD-28: a timecard with its days as it stood', () => {
  test('AUD-28: its moments are its change sets, oldest first, with who made them', async () => {
    const found = await moments();
    expect(found.map(({ actions, by, reason }) => [actions, by.name, reason])).toEqual([
      [['timecard_created'], 'Li Wei', null],
      [['user_edit'], 'Li Wei', null],
      [['admin_edit'], 'Ada Min', 'for payroll'],
      [['timecard_submitted'], 'Li Wei', null],
    ]);
    expect(found.map(({ position }) => position)).toEqual(found.map(({ position }) => position).toSorted((a, b) => a - b));
  });

  test('AUD-28: at each moment it has the fields and the days that it had then', async () => {
    const [made, changed, , submitted] = await moments();
    const first = await asOf(admin, { position: made?.position as number });
    expect(values(first)).toMatchObject({ status: 'draft', total_hours: '16.00', admin_notes: null, person_id: owner.id });
    expect(days(first)).toEqual(['2026-11-02', '2026-11-03']);
    expect(values(first, 1)).toMatchObject({ daily_check_out: utc(2, '16:00') });
    const second = await asOf(admin, { position: changed?.position as number });
    expect(days(second)).toEqual(['2026-11-02', '2026-11-05']);
    expect(values(second, 1)).toMatchObject({ daily_check_out: utc(2, '17:00') });
    const last = await asOf(admin, { position: submitted?.position as number });
    expect(values(last)).toMatchObject({ status: 'submitted', admin_notes: 'call the agency' });
  });

  test('AUD-28: at the very instant of a change it has the new value, and before the creation there is none', async () => {
    const [made, changed] = await moments();
    const then = await asOf(admin, { at: changed?.at as string });
    expect(values(then, 1)).toMatchObject({ daily_check_out: utc(2, '17:00') });
    const before = await asOf(admin, { at: new Date(Date.parse(made?.at as string) - 1).toISOString() });
    expect([before.state, before.records]).toEqual(['none', []]);
  });

  test('R-8: it says that it is the past, of what moment and what place in the log', async () => {
    const [, changed] = await moments();
    const then = await asOf(admin, { position: changed?.position as number });
    expect(then.moment).toMatchObject({
      now: false,
      position: changed?.position,
      latest: { position: changed?.position, changeId: changed?.changeId, by: { name: 'Li Wei' } },
    });
    expect(then.agreement).toBeNull();
    const now = await asOf(admin);
    expect(now.moment).toMatchObject({ now: true, position: null, head: now.moment.head });
  });

  test('AUD-28: fields come with their labels, kinds and the words for their values, in the order of the declarations', async () => {
    const [first] = (await asOf(admin)).records;
    expect(first).toMatchObject({ entity: 'Timecard', complete: true, deleted: false });
    expect(first?.fields.map(({ label }) => label).slice(0, 4)).toEqual(['Person', 'Site', 'Time Zone', 'First Day']);
    expect(first?.fields.find(({ name }) => name === 'status')).toMatchObject({
      label: 'Status',
      kind: 'enum',
      values: { draft: 'Draft' },
    });
    const { names } = await asOf(admin);
    expect([names[owner.id], names[w.site.id]]).toEqual(['Li Wei', 'North Hall']);
  });

  test('AUD-28: now, it is checked against the columns, and what differs is named', async () => {
    expect((await asOf(admin)).agreement).toEqual({ agrees: true, differences: [] });
    const { card: other } = await weekCard(w, [2]);
    await unrecorded('timecard_headers', `update timecard_headers set total_hours = 7 where id = ?`, [other.id]);
    await unrecorded(
      'timecard_daily_entries',
      `insert into timecard_daily_entries (id, timecard_id, person_id, work_date, edits) values (gen_random_uuid(), ?, ?, '2026-11-06', 0)`,
      [other.id, other.person.id],
    );
    const { agreement } = await asOf(admin, {}, other.id);
    expect(agreement?.agrees).toBe(false);
    expect(agreement?.differences.map(({ record, label, recorded, present }) => [record.type, label, recorded, present])).toEqual([
      ['Timecard', 'Total Hours', '8.00', '7.00'],
      ['TimecardEntry', null, null, 'present'],
    ]);
  });

  test('AUD-28: of a deleted card what it had last is there, marked, and its moments too', async () => {
    const { card: draft, owner: whose } = await weekCard(w, [2, 3]);
    await w.run(deleteTimecard, whose, { id: draft.id, version: draft.version });
    const gone = await asOf(whose, {}, draft.id);
    expect([gone.state, gone.agreement]).toEqual(['deleted', { agrees: true, differences: [] }]);
    expect(values(gone)).toMatchObject({ status: 'draft', total_hours: '16.00' });
    expect(days(gone)).toEqual(['2026-11-02', '2026-11-03']);
    expect((await moments(whose, draft.id)).at(-1)?.actions).toEqual(['timecard_deleted']);
  });

  test('AUD-28: one part for itself', async () => {
    const [, part] = (await asOf(admin)).records;
    const alone = await w.run(auditAsOf, admin, { target: `TimecardEntry:${part?.record.id}` });
    expect(alone.records).toHaveLength(1);
    expect(alone.records[0]).toEqual(part);
    expect(alone.agreement?.agrees).toBe(true);
  });

  test('AUD-28: any other audited entity', async () => {
    const view = await w.run(auditAsOf, admin, { root: `Site:${w.site.id}` });
    expect(values(view)).toMatchObject({ name: 'North Hall', time_zone: 'Europe/Berlin' });
    expect(view.agreement?.agrees).toBe(true);
  });
});

describe('AC-3: the same check as for reading the trail', () => {
  test('AC-4: who may not see a sensitive field learns that there is one, and neither its value nor whether it agrees', async () => {
    const view = await asOf(owner);
    expect(view.records[0]?.fields.find(({ name }) => name === 'admin_notes')).toMatchObject({ state: 'hidden', value: null });
    expect(JSON.stringify(view)).not.toContain('call the agency');
    await unrecorded('timecard_headers', `update timecard_headers set admin_notes = 'another' where id = ?`, [card.id]);
    try {
      expect((await asOf(owner)).agreement?.agrees).toBe(true);
      expect((await asOf(admin)).agreement?.differences).toMatchObject([{ field: 'admin_notes', present: 'another' }]);
    } finally {
      await unrecorded('timecard_headers', `update timecard_headers set admin_notes = 'call the agency' where id = ?`, [card.id]);
    }
  });

  test('AC-4: nor the value of one that was never recorded, and stands in its column all the same', async () => {
    const { card: other, owner: whose } = await weekCard(w, [2]);
    await unrecorded('timecard_headers', `update timecard_headers set admin_notes = 'by hand' where id = ?`, [other.id]);
    expect((await asOf(whose, {}, other.id)).agreement).toEqual({ agrees: true, differences: [] });
    expect((await asOf(admin, {}, other.id)).agreement?.differences).toMatchObject([{ field: 'admin_notes', present: 'by hand' }]);
  });

  test('AC-3: to a stranger there is nothing, then as now', async () => {
    const stranger = await w.person('worker');
    expect(await refusalOf(asOf(stranger))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusalOf(asOf(stranger, { position: 1_000_000 }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusalOf(moments(stranger))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('AC-3: who sees a part of what happened is told that it makes no whole', async () => {
    const limited = await w.person('supervisor');
    const { card: other } = await oneDayCard(w);
    // Somebody who did something to a card that they are no longer responsible for.
    const helper = await w.person('in_house');
    await w.run(updateTimecard, helper, { id: other.id, version: other.version, checkInTime: at(3, '07:00'), reason: 'gate log' });
    const formerly: Viewer = { ...limited, id: helper.id };
    expect(await refusalOf(asOf(formerly, {}, other.id))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusalOf(moments(formerly, other.id))).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('AC-8: what makes no sense is refused with the field', () => {
    const problems = (input: object) => asOfInput.safeParse(input).error?.issues.map(({ path }) => path.join('.'));
    expect(problems({})).toEqual(['root']);
    expect(problems({ root: 'Timecard:1', target: 'Timecard:1' })).toEqual(['root']);
    expect(problems({ root: 'nothing' })).toEqual(['root']);
    expect(problems({ root: 'Timecard:1', at: '2026-11-03T08:00:00Z', position: 3 })).toEqual(['at']);
    expect(problems({ root: 'Timecard:1', at: '2026-11-03' })).toEqual(['at']);
  });
});
