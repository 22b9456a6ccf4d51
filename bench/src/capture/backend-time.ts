import { existsSync, readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** Where Linux tells how many nanoseconds a process has spent on a processor. */
const spentBy = (pid: number | 'self') => `/proc/${pid}/schedstat`;

/** Runs `work`; answers with the microseconds that the database's connections, but for the watcher's own, spent on a processor meanwhile: NaN where the system doesn't tell. */
export async function backendTime<Result>(watcher: Client, work: () => Promise<Result>): Promise<{ result: Result; backends: number }> {
  const before = await readings(watcher);
  const result = await work();
  const after = await readings(watcher);
  let backends = existsSync(spentBy('self')) ? 0 : Number.NaN;
  for (const [pid, spent] of after) backends += spent - (before.get(pid) ?? 0);
  return { result, backends };
}

async function readings(watcher: Client): Promise<Map<number, number>> {
  const { rows } = await watcher.query<{ pid: number }>(
    `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  return new Map(rows.map(({ pid }) => [pid, reading(pid)]));
}

function reading(pid: number): number {
  try {
    return Number(readFileSync(spentBy(pid), 'utf8').split(' ')[0]) / 1_000;
  } catch {
    return 0; // it ended meanwhile
  }
}
