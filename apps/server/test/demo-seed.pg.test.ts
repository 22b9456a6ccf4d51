import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute } from '@countersign/api/execute';
import { job, withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import { signIn } from '@countersign/domain/people/session/sign-in';
import { Site } from '@countersign/domain/people/site';
import { loadViewer } from '@countersign/domain/people/viewer';
import { decisionsOnly } from '@countersign/domain/record/reading/readings';
import { deleteTimecard } from '@countersign/domain/timecards/timecard.commands';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { openDatabase } from '../src/database/database.ts';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../src/demo/accounts.ts';
import { type Plan, planOf } from '../src/demo/plan.ts';
import { demoState, NotEmpty, type Progress, seedDemo, type SeedOptions } from '../src/demo/seed.ts';
import type { CardStep, Step } from '../src/demo/step.ts';
import { openLogger } from '../src/log.ts';
import type { Logins } from '../src/settings.ts';
import { openSystem, type System } from '../src/system.ts';
import { cardKey, rehearse } from './demo-rehearsal.ts';

/** A Wednesday, with half a week before it. */
const NOW = new Date('2026-11-18T15:30:00Z');
const EVERYTHING = { everything: true, keys: [], sensitive: true };

interface Scene {
  readonly database: TestDatabase;
  readonly logins: Logins;
  readonly system: System;
  readonly owner: Client;
  seed(options?: Partial<SeedOptions>): Promise<void>;
  /** Seeds until so many steps are done. */
  seedUntil(steps: number, options?: Partial<SeedOptions>): Promise<void>;
  close(): Promise<void>;
}

async function scene(): Promise<Scene> {
  const database = await createDatabase();
  const { logins } = await openDatabase({ database: { owner: database.ownerUrl, logins: null }, dataDir: '' });
  const system = await openSystem({ logins, settings: { connections: 5, liveReplay: 1_000 }, log: openLogger('error') });
  const owner = new Client(database.url);
  await owner.connect();
  const seed: Scene['seed'] = (options = {}) =>
    seedDemo({ orm: system.orm, log: system.trail.log, ownerUrl: database.ownerUrl, now: NOW, ...options });
  const seedUntil: Scene['seedUntil'] = (steps, options = {}) => {
    const stop = new AbortController();
    const progress = ({ done }: Progress) => done + 1 >= steps && stop.abort();
    return seed({ ...options, progress, signal: stop.signal });
  };
  const close = async () => {
    await owner.end();
    await system.close();
    await database.drop();
  };
  return { database, logins, system, owner, seed, seedUntil, close };
}

async function clockOf({ owner }: Scene): Promise<string> {
  const { rows } = await owner.query<{ definition: string }>(`select pg_get_functiondef('audit_now()'::regprocedure) as definition`);
  return rows[0]?.definition ?? '';
}

const doneOf = async ({ owner }: Scene): Promise<number> =>
  (await owner.query<{ done: number }>('select done from demo_seed')).rows[0]?.done ?? 0;

/** Starts a process that seeds, and kills it when it has done so many steps. */
async function killAfter(steps: number, { database, logins }: Scene): Promise<void> {
  const script = fileURLToPath(new URL('fixtures/demo-seeding.ts', import.meta.url));
  const child = spawn(process.execPath, [script, database.ownerUrl, logins.app, logins.sequencer, NOW.toISOString()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) if (Number(line) >= steps) child.kill('SIGKILL');
  await exit;
}

describe('a demo whose seeding was killed and then stopped in the middle', () => {
  let world: Scene;
  let trueClock: string;
  const plan: Plan = planOf('countersign', NOW);
  const skipped: unknown[] = [];
  const reports: Progress[] = [];
  let events: readonly Event[];

  beforeAll(async () => {
    world = await scene();
    trueClock = await clockOf(world);
    expect(await demoState(world.database.ownerUrl)).toBe('empty');
    await killAfter(120, world);
    expect(await clockOf(world)).not.toBe(trueClock);
    expect(await demoState(world.database.ownerUrl)).toBe('unfinished');
    expect(await clockOf(world)).toBe(trueClock);
    await world.seedUntil(300);
    expect(await doneOf(world)).toBe(300);
    expect(await clockOf(world)).toBe(trueClock);
    await world.seed({ progress: (report) => void reports.push(report), skipped: (problem) => skipped.push(problem) });
    await world.system.trail.log.settle();
    events = (await world.system.trail.log.after(0, {}, EVERYTHING, 100_000)).events;
  }, 180_000);
  afterAll(() => world.close());

  test('is continued where it was, with nothing left out', () => {
    expect(skipped).toEqual([]);
    expect(reports[1]).toMatchObject({ done: 300, of: plan.steps.length });
    expect(reports.at(-1)).toEqual({ done: plan.steps.length, of: plan.steps.length, message: 'The demo is ready' });
  });

  test('is one change set for each step, by whom and when the plan says, in the order of the positions', () => {
    const sets = Map.groupBy(events, ({ changeId }) => changeId);
    const recorded = [...sets.values()].map((set) => ({
      at: new Date(set[0]?.occurredAt ?? '').toISOString(),
      actor: set[0]?.actor.kind === 'user' ? set[0].actor.id : null,
      channel: set[0]?.channel,
    }));
    // What somebody has read is no change of a record.
    const steps = plan.steps.filter(({ kind }) => kind !== 'reading');
    expect(recorded).toEqual(steps.map(({ at, actor, channel }) => ({ at, actor, channel })));
    const times = events.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual(times.toSorted());
    for (const { ipAddress, actor } of events) expect(ipAddress !== null).toBe(actor.kind === 'user');
  });

  test('told the owners of cards what others did, by notices and messages of that time, most of which they have read', async () => {
    const { worker } = plan.organisation.accounts;
    const { rows } = await world.owner.query<{ kind: string; unread: boolean; created_at: Date; change_id: string }>(
      'select kind, read_at is null as unread, created_at, change_id from notifications where person_id = $1 order by number desc',
      [worker.id],
    );
    expect(rows.slice(0, 4).map(({ unread }) => unread)).toEqual([true, true, true, false]);
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(
      new Set(['hours_changed', 'timecard_rejected', 'timecard_approved', 'edited_after_approval']),
    );
    for (const { created_at, change_id } of rows) {
      const event = events.find(({ changeId }) => changeId === change_id);
      expect(new Date(event?.occurredAt ?? '').toISOString()).toBe(created_at.toISOString());
    }
    const told = await world.owner.query<{ early: string; all: string }>(
      'select count(*) filter (where not_before < created_at) as early, count(*) as all from messages',
    );
    expect(told.rows[0]?.early).toBe('0');
    expect(Number(told.rows[0]?.all)).toBeGreaterThan(100);
  });

  test("leaves every card as the domain's rules have it after its story", async () => {
    const rehearsed = [...rehearse(plan).cards.values()].filter(({ status }) => status !== 'deleted');
    const { rows } = await world.owner.query(
      `select person_id as person, site_id as site, period_start::text as "periodStart", period_end::text as "periodEnd",
        status, edited_after_approval as "editedAfterApproval", admin_notes as "adminNotes", created_at, updated_at from timecard_headers`,
    );
    const found = new Map(
      rows.map(({ person, site, periodStart, periodEnd, ...rest }) => [cardKey({ person, site, periodStart, periodEnd }), rest]),
    );
    expect(found.size).toBe(rehearsed.length);
    for (const { card, history, status, editedAfterApproval, adminNotes } of rehearsed) {
      const { created_at: made, updated_at: changed, ...standing } = found.get(cardKey(card)) ?? {};
      expect(standing).toEqual({ status, editedAfterApproval, adminNotes });
      expect((made as Date).toISOString()).toBe(history.findLast(({ work }) => work.command === 'create')?.at);
      expect((changed as Date).toISOString() >= (history.at(-1)?.at ?? '')).toBe(true);
      expect((changed as Date) <= NOW).toBe(true);
    }
  });

  test('lets visitors sign in with each account', async () => {
    for (const { email } of DEMO_ACCOUNTS) {
      const { session } = await signIn(world.system.orm.em.fork(), { email, password: DEMO_PASSWORD });
      expect(session?.token).toMatch(/^[\w-]{43}$/);
    }
  });

  test('AUD-31 leaves no difference between the log and the live rows', async () => {
    const { events: folded, ...found } = await world.system.checkBalance();
    expect(found).toMatchObject({ differences: 0, rowsBefore: 0, uncovered: [] });
    expect(Object.values(found.uncompared)).toEqual([0, 0, 0, 0, 0]);
    expect(folded).toBeGreaterThan(plan.steps.length);
    expect(found.rows).toBeGreaterThan(100);
  });

  test('leaves the log with its own clock, which no setting moves', async () => {
    expect(await clockOf(world)).toBe(trueClock);
    const { rows } = await world.owner.query(
      `select set_config('countersign.clock', '2020-01-01', false), audit_now() > now() - interval '1 minute' as present`,
    );
    expect(rows[0]).toMatchObject({ present: true });
  });

  test('is not made a second time', async () => {
    await expect(world.seed()).rejects.toThrow(NotEmpty);
    expect(await demoState(world.database.ownerUrl)).toBe('finished');
  });
});

describe('a database', () => {
  test('that holds something of its own is refused, and stays as it is', async () => {
    const world = await scene();
    try {
      const em = world.system.orm.em.fork();
      em.create(Site, { name: 'North Hall', timeZone: 'Europe/Berlin' });
      await withContext({ actor: job('test') }, () => em.flush());
      await expect(world.seed()).rejects.toThrow('not empty');
      expect(await demoState(world.database.ownerUrl)).toBe('foreign');
      expect((await world.owner.query('select from profiles')).rowCount).toBe(0);
    } finally {
      await world.close();
    }
  });

  test('is open to visitors while it is filled: what they changed, the demo leaves alone', async () => {
    const world = await scene();
    const { steps } = planOf('countersign', NOW);
    const of = (command: CardStep['work']['command']) => (step: Step) => step.kind === 'card' && step.work.command === command;
    const made = steps.findIndex(of('create'));
    const { card, actor } = steps[made] as CardStep;
    const later = steps.flatMap((step, n) => (step.kind === 'card' && cardKey(step.card) === cardKey(card) && n > made ? [n] : []));
    const skipped: Step[] = [];
    try {
      await world.seedUntil(made + 1);
      const { orm, trail } = world.system;
      const viewer = await loadViewer(orm.em.fork(), actor ?? '');
      const caller = { viewer, channel: 'web', requestId: crypto.randomUUID(), ipAddress: null, userAgent: null } as const;
      const { rows } = await world.owner.query<{ id: string; version: number }>('select id, version from timecard_headers');
      await execute(deleteTimecard, rows[0], { caller, runtime: { fork: () => orm.em.fork(), log: decisionsOnly(trail.log) } });
      await world.seedUntil((later.at(-1) ?? 0) + 2, { skipped: (_, step) => skipped.push(step) });
      expect(skipped).toEqual(later.map((n) => steps[n]));
      expect(await doneOf(world)).toBe((later.at(-1) ?? 0) + 2);
    } finally {
      await world.close();
    }
  }, 60_000);
});
