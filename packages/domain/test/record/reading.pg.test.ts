import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import { user, withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import { eventually } from '@countersign/testing/eventually';
import { z } from 'zod';
import { type LogCall, query } from '../../src/definition.ts';
import { MATRIX, type Viewer } from '../../src/people/rights/permissions.ts';
import { auditAsOf, auditMoments } from '../../src/record/as-of.queries.ts';
import { auditEvent, auditLogs, auditOverview, auditPage } from '../../src/record/audit.queries.ts';
import { auditCompleteness } from '../../src/record/balance/completeness.queries.ts';
import { getHealth } from '../../src/record/health.queries.ts';
import type { LogAccess } from '../../src/record/reading/log-accessed.ts';
import { LOG_ACCESSED, RECORD_VIEWED } from '../../src/record/reading/read-view.rules.ts';
import { type Reads, Readings } from '../../src/record/reading/readings.ts';
import { getTimecard } from '../../src/timecards/timecard.queries.ts';
import { timecardAuditLogs } from '../../src/timecard-audit-logs.ts';
import { oneDayCard, type Card } from '../timecards/cards.ts';
import { EVERYTHING, world, type World } from '../world.ts';
import { NOBODYS } from './nobodys.ts';

const MINUTE = 60_000;

let w: World;
let owner: Viewer;
let card: Card;
let root: string;
let clock = Date.UTC(2026, 10, 3, 8);
let admin: Viewer;
const nodes: Readings[] = [];

const node = (every = 0): Readings => {
  const made = new Readings({
    em: w.orm.em,
    log: w.open.log,
    report: (problem) => w.alarms.push(problem),
    now: () => new Date(clock),
    every,
  });
  nodes.push(made);
  return made;
};

beforeAll(async () => {
  w = await world();
  owner = await w.person('worker', { firstName: 'Li', lastName: 'Wei' });
  ({ card } = await oneDayCard(w, { owner }));
  root = `Timecard:${card.id}`;
});
afterAll(async () => {
  for (const one of nodes) await one.close();
  expect(w.alarms).toEqual([]);
  await w.close();
});
/** Somebody who has read nothing yet, long after whatever was read before. */
beforeEach(async () => {
  admin = await w.person('admin');
  clock += 100 * MINUTE;
});

interface Runnable {
  readonly name: string;
  readonly reads?: Reads | undefined;
  readonly input: z.ZodType;
  readonly run: (input: never, call: LogCall) => Promise<unknown>;
}
/** As a node runs a definition for somebody. */
const reads = (on: Readings, definition: Runnable, input: object, by: Viewer = admin, impersonator: string | null = null) =>
  withContext({ actor: user(by.id), impersonator, channel: 'web', ipAddress: '192.0.2.7', userAgent: 'Firefox' }, () =>
    on.during(definition.reads, (log) => definition.run(definition.input.parse(input) as never, { em: w.orm.em.fork(), viewer: by, log })),
  );

type Access = Event & { readonly metadata: LogAccess };
/** What is recorded of somebody's reading, oldest first. */
async function recorded(by: Viewer = admin): Promise<Access[]> {
  await eventually(async () => (await w.open.log.settle()).waiting === 0);
  const { events } = await w.open.log.after(0, { action: [LOG_ACCESSED], actor: [by.id] }, EVERYTHING, 1_000);
  return events as unknown as Access[];
}
/** Lets the open windows pass, and closes them. */
async function closed(on: Readings, by?: Viewer): Promise<Access[]> {
  clock += 61 * MINUTE;
  await on.sweep();
  return recorded(by);
}

describe('AUD-29: reading the log is recorded', () => {
  test('AUD-29: who read which view by which filters, and how many rows', async () => {
    const on = node();
    await reads(on, auditPage, { area: ['timecards'], limit: 5 });
    const [event, ...others] = await closed(on);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      area: 'reading',
      operation: 'none',
      actor: { kind: 'user', id: admin.id },
      impersonator: null,
      channel: 'web',
      ipAddress: '192.0.2.7',
      metadata: { view: 'feed', times: 1, filters: [{ area: ['timecards'] }], more_filters: 0 },
    });
    expect(event?.metadata.rows).toBeGreaterThan(0);
  });

  test('AUD-29: every query that shows anything of the log leaves an event', async () => {
    const on = node();
    const first = (await w.events(root))[0];
    const asked: readonly (readonly [Runnable, object, string])[] = [
      [auditPage, {}, 'feed'],
      [auditOverview, {}, 'feed'],
      [auditLogs, {}, 'feed'],
      [auditPage, { root: [root] }, 'trail'],
      [auditLogs, { rootType: 'Timecard', rootId: card.id }, 'trail'],
      [timecardAuditLogs, { id: card.id }, 'trail'],
      [auditMoments, { root }, 'trail'],
      [auditCompleteness, { root }, 'trail'],
      [auditAsOf, { root }, 'as_of'],
      [auditEvent, { position: first?.position }, 'event'],
      [getHealth, {}, 'health'],
    ];
    for (const [definition, input, view] of asked) {
      const reader = await w.person('admin');
      await reads(on, definition, input, reader);
      const [event, ...others] = await closed(on, reader);
      expect({ name: definition.name, view: event?.metadata.view, others: others.length }).toEqual({
        name: definition.name,
        view,
        others: 0,
      });
    }
  });

  test('AUD-29: a definition that doesn’t say as what it reads gets no log, and one can’t be written', async () => {
    const forgetful = query({
      name: 'audit.forgetful',
      summary: 'Reads and says nothing',
      input: z.strictObject({}),
      output: z.object({ head: z.number() }),
      permission: MATRIX.signedIn,
      run: async (_, call) => ({ head: await (call as LogCall).log.head() }),
    });
    expectTypeOf<Parameters<Parameters<typeof query>[0]['run']>[1]>().not.toHaveProperty('log');
    await expect(reads(node(), forgetful, {})).rejects.toThrow('name a view in `reads`');
  });

  test('AUD-29: reads of one view within five minutes are one event with a count, on two nodes as well', async () => {
    const [one, other] = [node(), node()];
    await Promise.all([reads(one, auditPage, { limit: 2 }), reads(other, auditPage, { limit: 3 })]);
    clock += 4 * MINUTE;
    await reads(one, auditPage, { limit: 2 });
    await other.sweep();
    await one.sweep();
    expect(await recorded()).toEqual([]);
    clock += 2 * MINUTE;
    // Whoever comes first closes what is over, once.
    await Promise.all([one.sweep(), other.sweep()]);
    expect((await recorded()).map(({ metadata }) => metadata)).toMatchObject([{ view: 'feed', times: 3, rows: 7 }]);
  });

  test('AUD-29: a page left open for an hour, refreshed each minute and live, leaves a handful', async () => {
    const on = node();
    const following = on.follow({
      filter: {},
      visibility: EVERYTHING,
      context: { ...NOBODYS, actor: user(admin.id), channel: 'web' },
    });
    await following.begin();
    for (let minute = 0; minute < 60; minute++) {
      await reads(on, auditOverview, {});
      following.saw(2);
      clock += MINUTE;
      if (minute % 3 === 0) await on.sweep();
    }
    const events = await closed(on);
    expect(events.length).toBeLessThanOrEqual(4);
    const sum = (count: (metadata: LogAccess) => number) => events.reduce((all, { metadata }) => all + count(metadata), 0);
    expect(sum(({ rows }) => rows)).toBe(120);
    expect(sum(({ times }) => times)).toBe(121);
  });

  test('AUD-29: what is told of reading doesn’t keep a live page’s window open', async () => {
    const on = node();
    const following = on.follow({ filter: {}, visibility: EVERYTHING, context: { ...NOBODYS, actor: user(admin.id) } });
    await following.begin();
    const [begun] = await closed(on);
    const stretch = await following.after((begun?.position ?? 1) - 1, {}, EVERYTHING, 10);
    expect(stretch.events.map(({ action }) => action)).toEqual([LOG_ACCESSED]);
    await following.showed(stretch.events);
    expect(await closed(on)).toHaveLength(1);
  });

  test('AUD-29: a node that is killed loses no read, at most how often there were further ones', async () => {
    const killed = node();
    await reads(killed, auditPage, { limit: 1 });
    await reads(killed, auditPage, { limit: 1 });
    // Nothing of its memory is written any more.
    nodes.splice(nodes.indexOf(killed), 1);
    expect((await closed(node())).map(({ metadata }) => metadata)).toMatchObject([{ times: 1, rows: 1 }]);
  });

  test('AUD-29: a node that stops writes what it counted', async () => {
    const stopped = node();
    await reads(stopped, auditPage, { limit: 1 });
    await reads(stopped, auditPage, { limit: 1 });
    await stopped.close();
    expect((await closed(node())).map(({ metadata }) => metadata)).toMatchObject([{ times: 2, rows: 2 }]);
  });

  test('AUD-29: whoever looks as somebody else is recorded with both names, and apart', async () => {
    const on = node();
    await reads(on, auditPage, {}, admin);
    await reads(on, auditPage, {}, admin, owner.id);
    expect(new Set((await closed(on)).map(({ impersonator }) => impersonator))).toEqual(new Set([null, owner.id]));
  });

  test('R-1: where windows can’t be written the event is, and what is read goes on; where neither can, it is refused', async () => {
    await w.sql('revoke insert on reading_windows from domain_app');
    try {
      await reads(node(), auditPage, { limit: 1 });
      expect((await recorded()).map(({ metadata }) => metadata)).toMatchObject([{ view: 'feed', times: 1, rows: 1 }]);
      await w.sql('revoke insert (context, document) on audit_inbox from domain_app');
      try {
        await expect(reads(node(), auditPage, { limit: 1 })).rejects.toThrow('must not be done');
      } finally {
        await w.sql('grant insert (context, document) on audit_inbox to domain_app');
      }
    } finally {
      await w.sql('grant insert on reading_windows to domain_app');
    }
    expect(w.alarms.splice(0).length).toBeGreaterThan(0);
  });
});

describe('AUD-29, AUD-35: records that are opened without their trail', () => {
  const opens = (on: Readings, by: Viewer) =>
    withContext({ actor: user(by.id), impersonator: null, channel: 'web' }, () => on.opened(root));
  const views = async (on: Readings, by: Viewer) => {
    clock += 61 * MINUTE;
    await on.sweep();
    await eventually(async () => (await w.open.log.settle()).waiting === 0);
    return (await w.open.log.after(0, { action: [RECORD_VIEWED], actor: [by.id] }, EVERYTHING, 100)).events;
  };

  test('AUD-29: opening a card again within five minutes is one event with a count, of its owner’s record', async () => {
    const on = node();
    await opens(on, admin);
    clock += MINUTE;
    await opens(on, admin);
    expect(await views(on, admin)).toMatchObject([
      { target: { type: 'Timecard', id: card.id }, subject: owner.id, area: 'reading', metadata: { times: 2 } },
    ]);
    const own = await w.run(auditPage, owner, { action: [RECORD_VIEWED], actor: [admin.id] });
    expect(own.events).toHaveLength(1);
  });

  test('AUD-29: a card’s definition says that it shows it, and to its owner nothing is said of it', async () => {
    const shown = await w.run(getTimecard, owner, { id: card.id });
    expect(getTimecard.shows?.(shown, admin)).toBe(root);
    expect(getTimecard.shows?.(shown, owner)).toBeNull();
  });

  test('R-1: where no window can be written the event is, at once', async () => {
    await w.sql('revoke insert on reading_windows from domain_app');
    try {
      const on = node();
      await opens(on, admin);
      expect(await views(on, admin)).toMatchObject([{ metadata: { times: 1 } }]);
    } finally {
      await w.sql('grant insert on reading_windows to domain_app');
    }
    expect(w.alarms.splice(0).length).toBeGreaterThan(0);
  });
});

describe('AUD-35: whose record was read', () => {
  test('AUD-35: the owner of a card sees who read its trail; whoever read nothing of it isn’t said to have', async () => {
    const on = node();
    const stranger = await w.person('worker');
    await reads(on, auditPage, { root: [root] });
    await reads(on, auditPage, { root: [root] }, stranger);
    await closed(on);
    const own = await w.run(auditPage, owner, { action: [LOG_ACCESSED], actor: [admin.id, stranger.id] });
    expect(own.events).toMatchObject([
      { actor: { id: admin.id }, target: { type: 'Timecard', id: card.id, label: expect.any(String) }, subject: { id: owner.id } },
    ]);
  });

  test('AUD-35: one event of a card counts as a look at the card', async () => {
    const on = node();
    const position = (await w.events(root))[0]?.position;
    await reads(on, auditEvent, { position });
    expect(await closed(on)).toMatchObject([{ target: { id: card.id }, subject: owner.id, metadata: { view: 'event', rows: 1 } }]);
  });

  test('AUD-29: pages about the business can leave reading out, and counts of areas tell of it all the same', async () => {
    const on = node();
    await reads(on, auditPage, {});
    await closed(on);
    const page = await w.run(auditPage, admin, { withoutArea: ['reading'], limit: 500 });
    expect(page.events.map(({ area }) => area)).not.toContain('reading');
    const overview = await w.run(auditOverview, admin, { withoutArea: ['reading'] });
    const all = await w.run(auditOverview, admin, {});
    const reading = overview.facets.area.values.find(({ value }) => value === 'reading');
    expect(reading?.count).toBeGreaterThan(0);
    expect(overview.total.count).toBe(all.total.count - (reading?.count ?? 0));
    expect(page.total.count).toBe(overview.total.count);
  });
});
