import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import type { LogReader } from '@countersign/audit/log';
import { withClock } from '@countersign/domain/clock';
import { dayOf } from '@countersign/domain/day.rules';
import { Refusal } from '@countersign/domain/errors';
import { decisionsOnly } from '@countersign/domain/record/reading/readings';
import { hashPassword } from '@countersign/domain/people/password/password';
import { periodLabel } from '@countersign/domain/timecards/period.rules';
import { DEMO_PASSWORD } from './accounts.ts';
import { addDays, mondayOf } from './calendar.ts';
import { adjustClock, restoreClock, SET_CLOCK } from './database-clock.ts';
import { beginLogbook, COUNT_STEP, type DemoState, finishLogbook, type Logbook, readLogbook, stateOf } from './logbook.ts';
import { CardGone, perform, type Stage } from './perform.ts';
import { digestOf, type Plan, planOf } from './plan.ts';
import type { Step } from './step.ts';

export interface SeedOptions {
  /** Bound to the audit trail, logged in as the application, with at least two connections. */
  readonly orm: MikroORM;
  readonly log: LogReader;
  /** Logs in as the owner of the same database. */
  readonly ownerUrl: string;
  /** Called at once, before each step, and at the end. */
  readonly progress?: (progress: Progress) => void;
  /** Called with each step that could not be taken: a visitor was faster. */
  readonly skipped?: (problem: unknown, step: Step) => void;
  /** Ends the seeding after the step in hand; the next start continues. */
  readonly signal?: AbortSignal;
  /** What decides everything that chance decides. */
  readonly seed?: string;
  /** The present, up to which the demo tells. */
  readonly now?: Date;
}

/** `message` says in a few words what is being made. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  readonly message: string;
}

/** Only an empty database is filled with a demo. */
export class NotEmpty extends Error {
  override readonly name = 'NotEmpty';

  constructor(state: Exclude<DemoState, 'empty' | 'unfinished'>) {
    super(
      state === 'finished'
        ? 'This database holds the demo data already: for new ones, start with an empty database.'
        : 'This database is not empty: demo data are made only in an empty one, so that nothing real is mixed with them.',
    );
  }
}

/** Holds off a second seeding, and a start that would put the clock back. Any number, but always this one. */
const LOCK = 7_263_002;

/** What a start finds: whether there is a demo, and how far it is. Where nobody is seeding, the database's clock is its own again. */
export const demoState = (ownerUrl: string): Promise<DemoState> =>
  asOwner(ownerUrl, async (owner) => {
    const { rows } = await owner.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [LOCK]);
    if (rows[0]?.free) await restoreClock(owner);
    return stateOf(owner);
  });

/**
 * Fills an empty database with an organisation and what it did in the last six weeks: accounts first, so that visitors
 * can sign in, then the weeks, the oldest first. One that was broken off is continued after its last step.
 * @throws NotEmpty where the database holds anything else, or a demo that is finished.
 */
export function seedDemo(options: SeedOptions): Promise<void> {
  // At once: whoever asks before the first step learns that there is more to come.
  options.progress?.({ done: 0, of: 1, message: 'Making the demo ready' });
  return asOwner(options.ownerUrl, async (owner) => {
    // Whoever was killed while seeding lets go of it when the server notices: wait for that.
    await owner.query('select pg_advisory_lock($1)', [LOCK]);
    const { plan, done } = await openPlan(owner, options);
    try {
      await adjustClock(owner);
      await performAll(plan, done, options);
      if (!options.signal?.aborted) await finishLogbook(owner);
    } finally {
      await restoreClock(owner);
    }
  });
}

async function asOwner<Result>(ownerUrl: string, work: (owner: Client) => Promise<Result>): Promise<Result> {
  const owner = new Client({ connectionString: ownerUrl, application_name: 'countersign demo' });
  // Without a listener a lost connection ends the process; the statement in hand tells of it as well.
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end(); // and with the session goes its lock
  }
}

/** The plan to go by, and how many of its steps are done: that of the logbook, or a new one. */
async function openPlan(owner: Client, options: SeedOptions): Promise<{ readonly plan: Plan; readonly done: number }> {
  const state = await stateOf(owner);
  if (state === 'finished' || state === 'foreign') throw new NotEmpty(state);
  const begun = await readLogbook(owner);
  if (begun) return { plan: continued(begun), done: begun.done };
  const { seed = 'countersign', now = new Date() } = options;
  const plan = planOf(seed, now);
  const [app] = await options.orm.em.fork().execute<{ current_user: string }[]>('select current_user');
  await beginLogbook(owner, app?.current_user ?? '', { seed, until: now, digest: digestOf(plan) });
  return { plan, done: 0 };
}

function continued({ seed, until, digest }: Logbook): Plan {
  const plan = planOf(seed, until);
  if (digestOf(plan) !== digest)
    throw new Error(
      'These demo data were begun by another version of Countersign, which alone can continue them: start with an empty database.',
    );
  return plan;
}

async function performAll(
  { organisation, steps }: Plan,
  done: number,
  { orm, log, progress, skipped, signal }: SeedOptions,
): Promise<void> {
  const stage: Stage = {
    people: organisation.people,
    log: decisionsOnly(log),
    passwordHash: await hashPassword(DEMO_PASSWORD),
    viewers: new Map(),
  };
  for (const [n, step] of steps.entries()) {
    if (n < done) continue;
    if (signal?.aborted) return;
    progress?.({ done: n, of: steps.length, message: messageOf(step) });
    try {
      await inItsTime(orm, n, step, (em) => perform(em, step, stage));
    } catch (problem) {
      if (!isVisitors(problem)) throw problem;
      skipped?.(problem, step);
      await inItsTime(orm, n, step, () => Promise.resolve());
    }
  }
  progress?.({ done: steps.length, of: steps.length, message: 'The demo is ready' });
}

/** The demo is open while it is filled: what a visitor changed, deleted or decided meanwhile is no longer the plan's. */
const isVisitors = (problem: unknown) => problem instanceof Refusal || problem instanceof CardGone;

const BEGIN_STEP = `with counted as (${COUNT_STEP}) select ${SET_CLOCK}, set_config('synchronous_commit', 'off', true) from counted`;

/**
 * One transaction for a step and for the note that it is done, with the clocks of process and database at the step's
 * time. It needn't reach the disk before the next one begins: what a crash takes, it takes together with its note.
 */
async function inItsTime(orm: MikroORM, n: number, { at }: Step, work: (em: EntityManager) => Promise<void>): Promise<void> {
  await withClock(new Date(at), () =>
    orm.em.fork().transactional(async (em) => {
      const begun = await em.execute<object[]>(BEGIN_STEP, [n, at]);
      if (begun.length !== 1) throw new Error(`step ${n} of the demo was taken by somebody else: only one process may seed a database`);
      await work(em);
    }),
  );
}

/** `Week of 2 Nov 2026`. */
function messageOf({ kind, at }: Step): string {
  if (kind === 'sites' || kind === 'people' || kind === 'charges' || kind === 'reason') return 'People and sites';
  const monday = mondayOf(dayOf(at, 'UTC'));
  return periodLabel({ periodStart: monday, periodEnd: addDays(monday, 6) });
}
