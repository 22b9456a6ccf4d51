import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { AuditLogError } from '../src/events/errors.ts';
import { record } from '../src/capture/record.ts';
import { Spool, type Spooled } from '../src/capture/spool.ts';
import { carrotsWeighed, Warren, warrenViewed, world, join as joinNode, type World } from './warren.ts';

let folder: string;
let w: World;
const BACKOFF = [20, 100] as const;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
  w = await world({ directory: join(folder, 'spool'), backoff: BACKOFF });
});
afterEach(async () => {
  await w.close();
  await rm(folder, { recursive: true });
});

const view = (part: string, id = '7') =>
  w.as('hazel', (em) => record(em, warrenViewed, { target: { type: 'Warren', id }, metadata: { part } }));
const viewed = async () => (await w.events()).filter(({ action }) => action === 'warren_viewed').map(({ metadata }) => metadata['part']);
const files = async () => (await readdir(join(folder, 'spool')).catch(() => [])).filter((name) => name.endsWith('.spool'));
const refuse = () => w.sql(`alter table audit_inbox add constraint broken check (document not like '%warren_viewed%') not valid`);
const mend = () => w.sql('alter table audit_inbox drop constraint broken');

describe('R-1: what only reads goes on although nobody can record it', () => {
  it('in ordinary times its event is in the log at once, and nothing on disk', async () => {
    await view('hall');
    expect(await viewed()).toEqual(['hall']);
    expect(await files()).toEqual([]);
    expect(w.alarms).toEqual([]);
  });

  it('the database refuses the insert: each event waits on disk, an error with target and cause is told, and it is written once', async () => {
    await refuse();
    await view('hall');
    await view('larder', '8');
    expect(w.open.deferral?.waiting).toBe(2);
    const told = w.alarms.filter((one) => one instanceof AuditLogError);
    expect(told.map(({ target }) => target)).toEqual([
      { type: 'Warren', id: '7' },
      { type: 'Warren', id: '8' },
    ]);
    expect(told[0]?.cause).toMatchObject({ message: expect.stringContaining('broken') as string });
    expect(await viewed()).toEqual([]);
    await mend();
    await eventually(() => w.open.deferral?.waiting === 0);
    expect(await viewed()).toEqual(['hall', 'larder']);
    expect(await files()).toEqual([]);
    const [event] = (await w.events()).slice(-2);
    expect(event).toMatchObject({
      actor: { kind: 'user', id: 'hazel' },
      target: { type: 'Warren', id: '7' },
      metadata: { deferred_since: expect.stringMatching(/^2\d{3}-.*Z$/) as string },
    });
    await view('attic');
    expect((await w.events()).at(-1)?.metadata).toEqual({ part: 'attic' });
  });

  it('connections are cut while it is written: nothing is lost and nothing doubled', async () => {
    const parts = Array.from({ length: 60 }, (_, i) => String(i));
    let cutting = true;
    const cutter = (async () => {
      while (cutting)
        await w.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign deferred' and datname = current_database()`,
        );
    })();
    for (const part of parts) await view(part);
    cutting = false;
    await cutter;
    await eventually(() => w.open.deferral?.waiting === 0);
    expect((await viewed()).map(Number).sort((one, other) => one - other)).toEqual(parts.map(Number));
  });

  it('the database answers after all, later than anybody waited: the event is written once', async () => {
    await w.close();
    w = await world({ directory: join(folder, 'spool'), backoff: BACKOFF, patience: 50 });
    await w.sql('begin; lock table audit_inbox in exclusive mode');
    await view('hall');
    expect(w.open.deferral?.waiting).toBe(1);
    await w.sql('commit');
    await eventually(() => w.open.deferral?.waiting === 0);
    expect(await viewed()).toEqual(['hall']);
  });

  it('as the entity says that it is about, where the action says nothing', async () => {
    const policy = w.audit.registry.plans.get('Warren')?.policy as { failure?: 'defer' };
    policy.failure = 'defer';
    await w.sql(`alter table audit_inbox add constraint broken check (document not like '%carrots%') not valid`);
    const weigh = (type: string) =>
      w.as('hazel', (em) => record(em, carrotsWeighed, { target: { type, id: '7' }, metadata: { grams: 1, scale: 'market' } }));
    await expect(weigh('Rabbit')).rejects.toThrow(AuditLogError);
    await weigh('Warren');
    delete policy.failure;
    await mend();
    await eventually(() => w.open.deferral?.waiting === 0);
    expect((await w.events()).map(({ action, target }) => [action, target?.type])).toEqual([['carrots_weighed', 'Warren']]);
  });

  it('inside a transaction that is rolled back it stands: that it was read is not taken back', async () => {
    await w
      .as('hazel', (em) =>
        em.transactional(async (tx) => {
          await record(tx, warrenViewed, { metadata: { part: 'hall' } });
          throw new Error('not so');
        }),
      )
      .catch(() => undefined);
    expect(await viewed()).toEqual(['hall']);
  });

  it('the next start writes what this one left, once, whatever was written already', async () => {
    await refuse();
    await view('hall');
    await view('larder');
    await w.open.close();
    const [name] = await files();
    await cp(join(folder, 'spool', String(name)), join(folder, 'kept'));
    await mend();
    const second = await joinNode(w.database, [], { directory: join(folder, 'spool'), backoff: BACKOFF });
    await eventually(async () => (await files()).length === 0);
    // As if the node had been killed after writing and before deleting the file.
    await cp(join(folder, 'kept'), join(folder, 'spool', String(name)));
    await second.open.close();
    const third = await joinNode(w.database, [], { directory: join(folder, 'spool'), backoff: BACKOFF });
    await eventually(async () => (await files()).length === 0);
    await third.open.log.settle();
    expect(await w.sql(`select metadata->>'part' as part from audit_event where action = 'warren_viewed' order by position`)).toEqual([
      { part: 'hall' },
      { part: 'larder' },
    ]);
    await third.open.close();
    await third.orm.close(true);
    await second.orm.close(true);
  });
});

describe('R-1: what not even the disk takes is refused', () => {
  it('the disk is full', async () => {
    await w.close();
    // The kernel's own ENOSPC.
    w = await world({ directory: join(folder, 'spool'), backoff: BACKOFF, create: () => open('/dev/full', 'a') });
    await refuse();
    const problem: unknown = await view('hall').catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(AuditLogError);
    expect(problem).toMatchObject({
      message: expect.stringContaining('must not be done') as string,
      target: { type: 'Warren', id: '7' },
      cause: { errors: [expect.objectContaining({ constraint: 'broken' }), expect.objectContaining({ code: 'ENOSPC' })] },
    });
    await mend();
    await eventually(async () => (await view('larder').catch(() => null)) !== null);
    expect(await viewed()).toEqual(['larder']);
  });

  it('there is no place for it', async () => {
    await w.close();
    await writeFile(join(folder, 'file'), '');
    w = await world({ directory: join(folder, 'file', 'spool'), backoff: BACKOFF });
    await refuse();
    await expect(view('hall')).rejects.toThrow(/neither in the database nor on this node's disk/);
  });
});

describe('R-1: what changes something is saved with its event, or not at all', () => {
  it('an audited entity blocks', async () => {
    await w.sql(`alter table audit_inbox add constraint broken check (kind <> 'f') not valid`);
    const problem: unknown = await w
      .as('hazel', async (em) => {
        em.create(Warren, { name: 'Down', keeper: 'hazel', meadow: 'm1', flooded: false });
        await em.flush();
      })
      .catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(AuditLogError);
    expect(problem).toMatchObject({ target: { type: 'Warren' }, cause: expect.objectContaining({ constraint: 'broken' }) as Error });
    expect(await w.sql('select from warren')).toEqual([]);
    expect(await files()).toEqual([]);
  });

  it('so does an action that does not say otherwise', async () => {
    await w.sql(`alter table audit_inbox add constraint broken check (kind <> 'f') not valid`);
    await expect(w.as('hazel', (em) => record(em, carrotsWeighed, { metadata: { grams: 1, scale: 'market' } }))).rejects.toThrow(
      AuditLogError,
    );
    expect(await files()).toEqual([]);
  });
});

describe('the spool', () => {
  const row = (part: string): Spooled => ({
    id: crypto.randomUUID(),
    context: '{}',
    document: JSON.stringify({ part, text: 'line\nbreak' }),
  });
  const rowsIn = async (spool: Spool) => (await spool.contents()).flatMap(({ rows }) => rows);

  it('holds what it said it keeps when its process is killed in the middle of it', async () => {
    const directory = join(folder, 'killed');
    const child = spawn(process.execPath, [fileURLToPath(new URL('fixtures/keep-spooling.ts', import.meta.url)), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const kept: string[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (id) => {
      kept.push(id);
      if (kept.length === 40) child.kill('SIGKILL');
    });
    await Promise.all([once(child, 'exit'), once(lines, 'close')]);
    const found = (await rowsIn(new Spool({ directory }))).map(({ id }) => id);
    expect(found.slice(0, kept.length)).toEqual(kept);
    // At most the one that was under way.
    expect(found.length - kept.length).toBeLessThanOrEqual(1);
  });

  it('passes over what was cut off, and goes on after it', async () => {
    const directory = join(folder, 'cut');
    let full = false;
    const spool = new Spool({
      directory,
      create: async (path) => {
        const file = await open(path, 'ax');
        const write = async (bytes: Buffer) => {
          if (!full) return file.write(bytes);
          await file.write(bytes.subarray(0, 80));
          throw new Error('no space left');
        };
        return { write, datasync: () => file.datasync(), truncate: () => Promise.reject(new Error('nor that')), close: () => file.close() };
      },
    });
    const [first, lost, last] = [row('first'), row('lost'), row('last')];
    await spool.keep(first);
    full = true;
    await expect(spool.keep(lost)).rejects.toThrow('no space left');
    full = false;
    await spool.keep(last);
    expect(await rowsIn(spool)).toEqual([first, last]);
  });

  it('leaves the files of a living process to it', async () => {
    const directory = join(folder, 'shared');
    const other = new Spool({ directory });
    await other.keep(row('theirs'));
    const [name] = await readdir(directory);
    // As another process that lives would have named it.
    await cp(join(directory, String(name)), join(directory, `1-${process.ppid}-x.spool`));
    for (const { done } of await other.contents()) await done();
    expect(await readdir(directory)).toEqual([`1-${process.ppid}-x.spool`]);
  });
});
