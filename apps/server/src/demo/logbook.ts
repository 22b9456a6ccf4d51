import { type Client, escapeIdentifier } from 'pg';

/** How far a demo has come. Kept in the database that it fills, and moved on by each step's own transaction. */
export interface Logbook {
  /** What the plan is made from. */
  readonly seed: string;
  readonly until: Date;
  readonly digest: string;
  readonly done: number;
  readonly finished: boolean;
}

/** `foreign`: the database holds people or sites, and not the demo's. */
export type DemoState = 'empty' | 'unfinished' | 'finished' | 'foreign';

/** Counts a step, in its own transaction. One parameter: the number of the step, from 0. No row where it was done already. */
export const COUNT_STEP = 'update demo_seed set done = done + 1 where done = ? returning done';

/** The logbook; null where no demo was begun. */
export async function readLogbook(owner: Client): Promise<Logbook | null> {
  const { rows: there } = await owner.query(`select where to_regclass('demo_seed') is not null`);
  if (!there.length) return null;
  const { rows } = await owner.query<Logbook>('select seed, until, digest, done, finished_at is not null as finished from demo_seed');
  return rows[0] ?? null;
}

export async function stateOf(owner: Client): Promise<DemoState> {
  const logbook = await readLogbook(owner);
  if (logbook) return logbook.finished ? 'finished' : 'unfinished';
  const { rows } = await owner.query(
    'select where exists (select from profiles) or exists (select from sites) or exists (select from audit_event) or exists (select from audit_inbox)',
  );
  return rows.length ? 'foreign' : 'empty';
}

/** Begins a logbook that the application may move on, and nothing else. */
export async function beginLogbook(
  owner: Client,
  appRole: string,
  { seed, until, digest }: Omit<Logbook, 'done' | 'finished'>,
): Promise<void> {
  await owner.query('begin');
  await owner.query(`create table demo_seed (
    only_row boolean primary key default true check (only_row),
    seed text not null,
    until timestamptz(3) not null,
    digest text not null,
    done int not null default 0,
    finished_at timestamptz(3)
  )`);
  await owner.query('insert into demo_seed (seed, until, digest) values ($1, $2, $3)', [seed, until, digest]);
  await owner.query(`grant select, update (done) on demo_seed to ${escapeIdentifier(appRole)}`);
  await owner.query('commit');
}

export async function finishLogbook(owner: Client): Promise<void> {
  await owner.query('update demo_seed set finished_at = clock_timestamp()');
}
