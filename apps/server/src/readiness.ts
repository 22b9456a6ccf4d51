import type { MikroORM } from '@mikro-orm/postgresql';
import type { OpenLog } from '@countersign/audit/audit';
import type { Backlog } from './backlog.ts';
import { MIGRATIONS } from './database/migrations.ts';

/** How long an answer about readiness may take: who asks wants to know now. Milliseconds. */
const PATIENCE = 2_000;
/** Events that the feed may be behind the log before a node counts as stuck. */
const STUCK = 10_000;

/** What a node is judged by. */
interface Judged {
  readonly orm: MikroORM;
  readonly trail: OpenLog;
  readonly backlog: Backlog;
}

/** What isn't as it should be, in words; empty when all is well. */
export async function readiness(judged: Judged): Promise<string[]> {
  const tooSlow = new Promise<string[]>((resolve) =>
    setTimeout(() => resolve([`the database did not answer within ${PATIENCE} ms`]), PATIENCE).unref(),
  );
  return Promise.race([problemsOf(judged), tooSlow]);
}

async function problemsOf({ orm, trail, backlog }: Judged): Promise<string[]> {
  try {
    const executed = await orm.em.fork().execute<{ name: string }[]>('select name from mikro_orm_migrations');
    const names = new Set(executed.map(({ name }) => name));
    const missing = MIGRATIONS.filter(({ name }) => !names.has(name)).map(({ name }) => `the migration ${name} has not run`);
    const head = await trail.log.head();
    const behind = head - trail.feed.position;
    const waiting = backlog.problem();
    return [
      ...missing,
      ...(trail.sequencer.backend === null ? ['the sequencer is not connected'] : []),
      ...(waiting === null ? [] : [waiting, ...(trail.sequencer.standsBack === null ? [] : [trail.sequencer.standsBack])]),
      ...(behind > STUCK ? [`the feed is ${behind} events behind the log`] : []),
    ];
  } catch {
    return ['the database does not answer'];
  }
}
