import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { user, withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import { eventually } from '@countersign/testing/eventually';
import { withClock } from '../../src/clock.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { Setting } from '../../src/people/rights/settings.ts';
import { READ_SOURCES } from '../../src/read-sources.ts';
import { auditPage } from '../../src/record/audit.queries.ts';
import { listNotifications } from '../../src/messages/notification.queries.ts';
import { recordedFilterOf } from '../../src/record/reading/recorded-filter.rules.ts';
import { Readings } from '../../src/record/reading/readings.ts';
import { explainUnusual, getLimits, listUnusual, setLimits } from '../../src/record/unusual/unusual.commands.ts';
import { watchReads } from '../../src/record/unusual/watch-reads.ts';
import { exportTimecards } from '../../src/timecards/export/export.ts';
import { EVERYTHING, world, type World } from '../world.ts';
import { NOBODYS } from './nobodys.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let w: World;
let readings: Readings;
let admin: Viewer;
let reader: Viewer;
/** Ten in the morning in Berlin, where everybody lives here. The log's own clock tells when exports were made. */
let clock = 0;

beforeAll(async () => {
  w = await world();
  const em = w.orm.em.fork();
  await withContext({ actor: { kind: 'system', id: 'test' } }, () => {
    em.create(Setting, { name: 'unusualRecords', value: 6 });
    em.create(Setting, { name: 'unusualExports', value: 2 });
    em.create(Setting, { name: 'unusualRows', value: 10_000 });
    em.create(Setting, { name: 'unusualPeople', value: 250 });
    return em.flush();
  });
  readings = new Readings({
    em: w.orm.em,
    log: w.open.log,
    report: (problem) => w.alarms.push(problem),
    now: () => new Date(clock),
    every: 0,
  });
  admin = await w.person('admin');
});
afterAll(async () => {
  await readings.close();
  expect(w.alarms).toEqual([]);
  await w.close();
});
beforeEach(async () => {
  const today = new Date().toISOString().slice(0, 10);
  clock = Date.parse(`${today}T09:00:00Z`);
  reader = await w.person('manager');
});

/** Somebody reads the trails of so many records that nobody has read, and their windows close. */
async function reads(by: Viewer, count: number, { impersonator = null, ids = [] }: { impersonator?: string | null; ids?: string[] } = {}) {
  const all = [...ids, ...Array.from({ length: count - ids.length }, () => crypto.randomUUID())];
  const records = new Map(all.map((id) => [`Timecard:${id}`, 10]));
  const context = { ...NOBODYS, actor: user(by.id), impersonator, channel: 'web' } as const;
  await readings.tell({ view: 'trail', rows: 10 * count, filter: {}, records, about: new Map() }, context);
  await passed();
}
/** The windows that stand open close. */
async function passed() {
  clock += 6 * MINUTE;
  await readings.sweep();
  await eventually(async () => (await w.open.log.settle()).waiting === 0);
}
/** Days on which somebody read at ten, ending yesterday: one for each of these counts of records. */
async function history(by: Viewer, records: readonly number[]): Promise<void> {
  await w.sql(
    `insert into read_habits (reader, day, hours, records, rows, people, exported, areas, alerts, set_aside)
      select ?, ?::date - (n::int), '[10, 11, 13, 15, 17, 19]', (?::jsonb ->> (n::int - 1))::int, 100, 5, 0, '["Timecard"]', '[]', false
        from generate_series(1, ?) n`,
    [by.id, new Date(clock).toISOString().slice(0, 10), JSON.stringify(records), records.length],
  );
}
/** Cards of somebody, one a day. */
async function cardsOf({ id }: Viewer, count: number): Promise<string[]> {
  const rows = await w.sql<{ id: string }>(
    `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end)
      select gen_random_uuid(), ?, ?, 'Europe/Berlin', date '2026-06-01' + n, date '2026-06-01' + n from generate_series(1, ?) n returning id`,
    [id, w.site.id, count],
  );
  await eventually(async () => (await w.open.log.settle()).waiting === 0);
  return rows.map((row) => row.id);
}
const watch = () => withClock(new Date(clock), () => watchReads({ em: w.orm.em, log: w.open.log, sources: READ_SOURCES }));
const noticed = async (about: Viewer = reader, by: Viewer = admin) => (await w.run(listUnusual, by, { reader: about.id })).data;
const toldTo = async (person: Viewer) =>
  (await w.run(listNotifications, person, {})).data.filter(({ kind }) => kind.startsWith('unusual_')).map(({ title }) => title);
const eventsAbout = async (id: string | undefined): Promise<Event[]> =>
  (await w.events()).filter(({ target }) => target?.type === 'UnusualAccess' && target.id === id);

describe('AUD-30: unusual access raises an alert', () => {
  test('AUD-30: many records in a short time are an alert with the rows that it rests on, an event, and a notice', async () => {
    await reads(reader, 6);
    await watch();
    expect(await noticed()).toEqual([]);
    await reads(reader, 1);
    expect(await watch()).toBe(1);
    const [alert, ...others] = await noticed();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      reader: { id: reader.id, name: reader.name },
      kind: 'many_records',
      count: 7,
      allowed: 6,
      usual: null,
      state: 'open',
      own: false,
      moreRows: 0,
      sentence: 'Read 7 different records within an hour; more than 6 is unusual, since nobody knows yet what is usual for them.',
    });
    expect(alert?.rows).toHaveLength(7);
    expect(alert?.rows[0]?.sentence).toMatch(/^Read the trail of .+, \d+ rows in all\.$/);
    const [row] = alert?.rows ?? [];
    expect(await w.open.log.event(row?.position ?? 0, { everything: true, keys: [], sensitive: false })).toMatchObject({
      action: 'audit_log_accessed',
      actor: { id: reader.id },
    });
    expect(await eventsAbout(alert?.id)).toMatchObject([
      { action: 'unusual_access_noticed', actor: { kind: 'system', id: 'unusual access' }, channel: 'job', subject: null, area: 'access' },
    ]);
    expect(await toldTo(admin)).toEqual(['Unusual access: many records']);
  });

  test('AUD-30: it is raised once, told again when it has doubled, and open again then', async () => {
    await reads(reader, 7);
    await watch();
    const [first] = await noticed();
    await w.run(explainUnusual, admin, {
      id: first?.id ?? '',
      version: first?.version ?? 0,
      verdict: 'right',
      note: 'The auditors are here',
    });
    await reads(reader, 3);
    await watch();
    expect(await noticed()).toMatchObject([{ count: 7, level: 1, state: 'explained' }]);
    await reads(reader, 4);
    await watch();
    expect(await noticed()).toMatchObject([{ id: first?.id, count: 14, level: 2, state: 'open', explanation: null }]);
    expect((await eventsAbout(first?.id)).map(({ action }) => action)).toEqual([
      'unusual_access_noticed',
      'unusual_access_explained',
      'unusual_access_grew',
    ]);
    expect((await toldTo(admin)).slice(0, 2)).toEqual(['Unusual access goes on: many records', 'Unusual access: many records']);
  });

  test('AUD-30: after it was said to be wrong the same again is told again, once, and what was said stands', async () => {
    await reads(reader, 7);
    await watch();
    const [first] = await noticed();
    const said = { id: first?.id ?? '', version: first?.version ?? 0, verdict: 'wrong', note: 'Nobody asked them to' } as const;
    await withClock(new Date(clock), () => w.run(explainUnusual, admin, said));
    // What was known when it was said is no news.
    expect(await watch()).toBe(0);
    clock += 2 * 60 * MINUTE;
    await reads(reader, 7);
    expect(await watch()).toBe(1);
    clock += 60 * MINUTE;
    await reads(reader, 7);
    expect(await watch()).toBe(0);
    expect(await noticed()).toMatchObject([
      { state: 'open', count: 7 },
      { id: first?.id, state: 'explained', explanation: { verdict: 'wrong' } },
    ]);
    expect((await toldTo(admin)).slice(0, 2)).toEqual(['Unusual access: many records', 'Unusual access: many records']);
  });

  test('AUD-30: on a later day the same is another alert', async () => {
    await reads(reader, 7);
    await watch();
    clock += DAY;
    await reads(reader, 7);
    await watch();
    expect(await noticed()).toHaveLength(2);
  });

  test('AUD-30: nodes that look at the same time notice it once', async () => {
    await reads(reader, 7);
    const raised = await Promise.all([watch(), watch(), watch()]);
    expect(raised.toSorted((one, other) => one - other)).toEqual([0, 0, 1]);
    expect(await noticed()).toHaveLength(1);
  });

  test('AUD-30: what a node that is stopped in the middle of it left undone, the next one finds', async () => {
    await reads(reader, 7);
    await w.sql('revoke insert on notifications from domain_app');
    try {
      await expect(watch()).rejects.toThrow('permission denied');
    } finally {
      await w.sql('grant insert on notifications to domain_app');
    }
    expect(await noticed()).toEqual([]);
    expect(await watch()).toBe(1);
    expect(await watch()).toBe(0);
    expect(await noticed()).toHaveLength(1);
  });

  test('AUD-30: of what was read long ago something is learned, and nobody is told', async () => {
    await reads(reader, 7);
    clock += 2 * DAY;
    expect(await watch()).toBe(0);
  });

  test('AUD-30: one’s own records are nobody else’s business, and a list is no record', async () => {
    const worker = await w.person('worker');
    const ids = await cardsOf(worker, 7);
    await reads(worker, 7, { ids });
    const context = { ...NOBODYS, actor: user(worker.id), channel: 'web' } as const;
    await readings.tell({ view: 'feed', rows: 50_000, filter: {}, records: new Map(), about: new Map([[worker.id, 50_000]]) }, context);
    expect(await watch()).toBe(0);
    await reads(reader, 7, { ids });
    expect(await watch()).toBe(1);
  });

  test('AUD-30: exports of a day add up, by their number of cards', async () => {
    const worker = await w.person('worker');
    await cardsOf(worker, 3);
    clock = Date.now();
    const options = { rows: 'shift', delimiter: 'comma', person: worker.id } as const;
    let pieces = 0;
    for await (const _ of exportTimecards({ em: w.orm.em.fork(), viewer: reader }, options)) pieces += 1;
    expect(pieces).toBeGreaterThan(0);
    await eventually(async () => (await w.open.log.settle()).waiting === 0);
    expect(await watch()).toBe(1);
    const [alert] = await noticed();
    expect(alert).toMatchObject({ kind: 'large_export', count: 3, allowed: 2 });
    expect(alert?.rows.map(({ sentence }) => sentence)).toEqual(['Took 3 records of 1 person away as a file.']);
  });

  test('AUD-30: whoever pages through the log is noticed by its rows; what a live page is pushed counts for nothing', async () => {
    await w.sql(`update settings set value = '40' where name = 'unusualRows'`);
    const context = { ...NOBODYS, actor: user(reader.id), channel: 'web' } as const;
    const following = readings.follow({ filter: {}, visibility: EVERYTHING, context });
    await following.begin();
    following.saw(5_000);
    await passed();
    expect(await watch()).toBe(0);
    clock += 30 * MINUTE;
    for (const limit of [30, 30])
      await withContext(context, () => readings.during('feed', (log) => log.page({ filter: {}, visibility: EVERYTHING, limit })));
    await passed();
    expect(await watch()).toBe(1);
    const [alert] = await noticed();
    expect(alert).toMatchObject({ kind: 'many_rows', allowed: 40, usual: null });
    expect(alert?.count).toBeGreaterThan(40);
    expect(alert?.rows[0]?.sentence).toMatch(/^Read “Live”.*, \d+ rows.* in all\.$/);
  });

  test('AUD-30: of a filter that names many people each one counts', async () => {
    const people = Array.from({ length: 12 }, () => crypto.randomUUID());
    const context = { ...NOBODYS, actor: user(reader.id), channel: 'web' } as const;
    const about = new Map(people.map((person) => [person, 2]));
    await readings.tell({ view: 'person', rows: 24, filter: recordedFilterOf({ subject: people }), records: new Map(), about }, context);
    await passed();
    expect(await watch()).toBe(1);
    expect(await noticed()).toMatchObject([{ kind: 'many_records', count: 12, allowed: 6 }]);
  });

  test('AUD-30: an export counts its people as well', async () => {
    await w.sql(`update settings set value = '1' where name = 'unusualPeople'`);
    for (const worker of [await w.person('worker'), await w.person('worker')]) await cardsOf(worker, 1);
    clock = Date.now();
    const options = { rows: 'shift', delimiter: 'comma' } as const;
    for await (const _ of exportTimecards({ em: w.orm.em.fork(), viewer: reader }, options));
    await eventually(async () => (await w.open.log.settle()).waiting === 0);
    await watch();
    await w.sql(`update settings set value = '250' where name = 'unusualPeople'`);
    expect((await noticed()).map(({ kind }) => kind)).toContain('many_people');
  });

  test('AUD-30, AC-7: whoever looks as somebody else is judged as themselves', async () => {
    const other = await w.person('admin');
    await reads(reader, 7, { impersonator: other.id });
    expect(await watch()).toBe(1);
    expect(await noticed(reader)).toEqual([]);
    expect(await noticed(other)).toHaveLength(1);
  });
});

describe('AUD-30: compared with what is usual', () => {
  /** Five days of reading two cards at ten. */
  async function habit(by: Viewer): Promise<void> {
    const today = clock;
    for (let day = 5; day > 0; day--) {
      clock = today - day * DAY;
      await reads(by, 2);
    }
    clock = today - DAY + 60 * MINUTE;
    await watch();
    clock = today;
  }

  test('AUD-30: the habit is learned from the log, and is what reading is held against', async () => {
    const other = await w.person('manager');
    await habit(other);
    await reads(other, 6);
    expect(await watch()).toBe(0);
    await reads(other, 1);
    await watch();
    expect(await noticed(other)).toMatchObject([{ kind: 'many_records', count: 7, allowed: 6, usual: 2 }]);
  });

  test('AUD-30: three records at three in the morning are unusual for whoever reads at ten', async () => {
    await habit(reader);
    clock -= 7 * 60 * MINUTE;
    await reads(reader, 3);
    await watch();
    expect(await noticed()).toMatchObject([
      {
        kind: 'odd_hours',
        count: 3,
        sentence: expect.stringMatching(/^Read 3 records between 0\d:00 and 0\d:00 \(Europe\/Berlin\); in five weeks they read between \d/),
      },
    ]);
  });

  test('AUD-30: a day on which something was noticed is habit once somebody has said that it was right', async () => {
    await habit(reader);
    await reads(reader, 16);
    await watch();
    clock += DAY;
    await reads(reader, 7);
    await watch();
    expect(await noticed()).toMatchObject([{ count: 7, usual: 2 }, { count: 16 }]);
    for (const { id, version } of await noticed())
      await w.run(explainUnusual, admin, { id, version, verdict: 'right', note: 'Stocktaking' });
    clock += DAY;
    await reads(reader, 7);
    expect(await watch()).toBe(0);
  });
});

describe('AUD-30: whoever takes an account over doesn’t make their reading its habit', () => {
  const THREE_WEEKS = Array.from({ length: 21 }, (_, n) => n % 3);
  const habits = (by: Viewer) =>
    w.sql<{ alerts: string[]; set_aside: boolean }>(
      `select to_jsonb(alerts) as alerts, set_aside from read_habits where reader = ? and (alerts <> '[]' or set_aside)`,
      [by.id],
    );
  const explained = async (verdict: 'right' | 'wrong') => {
    for (const { id, version, state } of await noticed())
      if (state === 'open') await w.run(explainUnusual, admin, { id, version, verdict, note: 'Somebody was asked' });
  };

  test('AUD-30: a second day of the same, told as one alert, is no habit on the third', async () => {
    await history(reader, THREE_WEEKS);
    clock += 6 * 60 * MINUTE;
    await reads(reader, 12);
    await watch();
    // Less than a day later, and no more than before: nobody is told again.
    clock += 18 * 60 * MINUTE;
    await reads(reader, 12);
    await watch();
    expect(await noticed()).toHaveLength(1);
    expect(await habits(reader)).toHaveLength(2);
    clock += 7 * 60 * MINUTE;
    await reads(reader, 12);
    expect(await watch()).toBe(1);
    expect((await noticed())[0]).toMatchObject({ count: 12, usual: 2, allowed: 6 });
  });

  test('AUD-30: what was explained as not right never becomes a habit', async () => {
    await history(reader, THREE_WEEKS);
    await reads(reader, 12);
    await watch();
    await explained('wrong');
    expect(await noticed()).toMatchObject([{ state: 'explained', explanation: { verdict: 'wrong' } }]);
    clock += 2 * DAY;
    await reads(reader, 12);
    await watch();
    expect((await noticed())[0]).toMatchObject({ state: 'open', usual: 2 });
    await explained('right');
    clock += 2 * DAY;
    await reads(reader, 30);
    expect(await watch()).toBe(0);
  });

  test('AUD-30: nor does what came to be known too late to tell anybody', async () => {
    await history(reader, THREE_WEEKS);
    await reads(reader, 12);
    clock += 2 * DAY;
    expect(await watch()).toBe(0);
    expect(await habits(reader)).toMatchObject([{ set_aside: true }]);
    await reads(reader, 7);
    await watch();
    expect(await noticed()).toMatchObject([{ count: 7, usual: 2 }]);
  });

  test('AUD-30: whoever has no history is judged by the fixed limit', async () => {
    await history(reader, [50, 50, 50, 50]);
    await reads(reader, 7);
    await watch();
    expect(await noticed()).toMatchObject([{ count: 7, allowed: 6, usual: null }]);
  });
});

describe('AUD-30: whom it is told', () => {
  test('AUD-30: an admin’s own reading is told to the other admins, and explained by another', async () => {
    const other = await w.person('admin');
    await reads(other, 7);
    await watch();
    expect(await toldTo(other)).toEqual([]);
    const [alert] = await noticed(other, other);
    expect(alert).toMatchObject({ own: true });
    await expect(w.run(explainUnusual, other, { id: alert?.id ?? '', version: 1, verdict: 'right', note: 'I may' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const explained = await w.run(explainUnusual, admin, {
      id: alert?.id ?? '',
      version: 1,
      verdict: 'right',
      note: 'A hearing was prepared',
    });
    expect(explained).toMatchObject({ state: 'explained', explanation: { by: { id: admin.id }, note: 'A hearing was prepared' } });
    for (const version of [1, explained.version])
      await expect(
        w.run(explainUnusual, admin, { id: alert?.id ?? '', version, verdict: 'right', note: 'Once more' }),
      ).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await eventsAbout(alert?.id)).at(-1)).toMatchObject({
      action: 'unusual_access_explained',
      reason: 'A hearing was prepared',
      actor: { id: admin.id },
    });
  });

  test('AUD-30: where there is no other admin, the managers are told', async () => {
    await w.sql(`update profiles set disabled_at = now() where role = 'admin' and id <> ?`, [admin.id]);
    const before = await toldTo(admin);
    await reads(admin, 7);
    await watch();
    expect(await toldTo(admin)).toEqual(before);
    expect((await toldTo(reader))[0]).toBe('Unusual access: many records');
  });

  test('AUD-30: its event is found by whoever sees everything, and by nobody whose reading it is', async () => {
    const supervisor = await w.person('supervisor');
    await reads(supervisor, 7);
    await watch();
    const [alert] = await noticed(supervisor);
    const found = (by: Viewer) => w.run(auditPage, by, { target: `UnusualAccess:${alert?.id}` });
    expect((await found(admin)).events).toHaveLength(1);
    expect((await found(supervisor)).events).toEqual([]);
  });
});

test('AUD-30: who changes what counts as unusual says why, and every other admin is told', async () => {
  const other = await w.person('admin');
  const before = await w.run(getLimits, admin, {});
  expect(before).toMatchObject({ unusualRecords: 6, unusualTimes: 3 });
  const reason = 'We audit all of October';
  expect(await w.run(setLimits, admin, { ...before, unusualRecords: 7, before, reason })).toEqual({ ...before, unusualRecords: 7 });
  await expect(w.run(setLimits, admin, { ...before, before, reason })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await w.run(listNotifications, other, {})).data[0]?.title).toBe('What counts as unusual access was changed');
  expect((await w.events('Setting:unusualRecords')).at(-1)).toMatchObject({ action: 'setting_changed', reason });
});

test('AUD-30: where there is no other admin, managers are told who changes what counts as unusual', async () => {
  await w.sql(`update profiles set disabled_at = now() where role = 'admin' and id <> ?`, [admin.id]);
  const before = await w.run(getLimits, admin, {});
  await w.run(setLimits, admin, { ...before, unusualRecords: before.unusualRecords + 1, before, reason: 'We audit all of November' });
  expect((await w.run(listNotifications, reader, {})).data[0]?.title).toBe('What counts as unusual access was changed');
});
