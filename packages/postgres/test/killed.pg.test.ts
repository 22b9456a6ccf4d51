import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startEmbedded } from '../src/embedded.ts';
import { freePort } from '../src/free-port.ts';
import { folder, gone, launcher, query, until } from './scene.ts';

async function start(options: Parameters<typeof startEmbedded>[0]) {
  const server = await startEmbedded(options);
  onTestFinished(() => server.stop());
  return server;
}

it('goes down with a parent that is killed, and comes up again with everything that was committed', async () => {
  const dataDir = join(folder(), 'data');
  const { child, url, pid } = await launcher(dataDir);
  await query(url, 'create table hutch as select 7 as rabbits');
  child.kill('SIGKILL');
  const next = await start({ dataDir, fast: true });
  expect(gone(pid)).toBe(true);
  expect(await query(next.url, 'select * from hutch')).toEqual([{ rabbits: 7 }]);
});

it('goes down within seconds when nobody starts it again', async () => {
  const { child, pid } = await launcher(join(folder(), 'data'));
  child.kill('SIGKILL');
  await until(() => gone(pid));
});

it('takes over from a server that lost both its parent and its guard', async () => {
  const dataDir = join(folder(), 'data');
  const { child, pid } = await launcher(dataDir);
  const guard = parentOf(pid);
  const family = childrenOf(guard).filter((sibling) => sibling !== pid);
  for (const doomed of [guard, ...family]) process.kill(doomed, 'SIGKILL');
  child.kill('SIGKILL');
  const next = await start({ dataDir, fast: true });
  expect(gone(pid)).toBe(true);
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

it('is not fooled by a stale lock file whose process id belongs to somebody else by now', async () => {
  const dataDir = join(folder(), 'data');
  await (await start({ dataDir, fast: true })).stop();
  writeFileSync(
    join(dataDir, 'postmaster.pid'),
    `${process.pid}\n${dataDir}\n1700000000\n5432\n\n127.0.0.1\n  1234567   7654321\nready   \n`,
  );
  const { url } = await start({ dataDir, fast: true });
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

it('recovers after a crash while clients hammer its port', async () => {
  const dataDir = join(folder(), 'data');
  const port = await freePort();
  const settings = { checkpoint_timeout: '1h', max_wal_size: '4GB' };
  const first = await start({ dataDir, port, settings });
  await query(first.url, 'create table hutch as select n, md5(n::text) as name from generate_series(1, 400000) n');
  process.kill(first.pid, 'SIGQUIT');
  await until(() => gone(first.pid));

  const clients = hammer(first.url, 8);
  const second = await start({ dataDir, port, settings });
  await clients.stop();
  expect(clients.refusals).toContain('57P03'); // cannot_connect_now: recovery was under way, or the test shows nothing
  expect(await query(second.url, 'select count(*)::int from hutch')).toEqual([{ count: 400_000 }]);
});

/** Clients that connect again and again, and what the server answered those it turned away. */
function hammer(url: string, count: number) {
  const refusals = new Set<string>();
  let on = true;
  const loops = Array.from({ length: count }, async () => {
    while (on) {
      await query(url, 'select 1').catch((problem: { code?: string }) => refusals.add(problem.code ?? 'unknown'));
      await sleep(1);
    }
  });
  return { refusals, stop: () => ((on = false), Promise.all(loops)) };
}

const parentOf = (pid: number) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
