import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client as Database } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audit } from '@countersign/audit/audit';
import { job, withContext } from '@countersign/audit/context';
import { createClient, type RouterOutputs } from '@countersign/client';
import { DECLARED, ENTITIES, MANUAL_ACTIONS } from '@countersign/domain/entities';
import { Site } from '@countersign/domain/people/site';
import { freePort } from '@countersign/postgres/free-port';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { random as seeded } from '@countersign/testing/random';
import { createAdmin, ServerProcess, signInForToken } from './server-process.ts';

const WRITERS = 16;
const TURNS = 10;
const SUBSCRIBERS = 6;
const SEED = 20_261_122;

let database: TestDatabase;
let nodes: ServerProcess[];
let owner: Database;
let token: string;

beforeAll(async () => {
  database = await createDatabase();
  const env = { DATABASE_URL: database.ownerUrl, DEMO: 'false' };
  nodes = [new ServerProcess({ ...env, PORT: String(await freePort()) }), new ServerProcess({ ...env, PORT: String(await freePort()) })];
  // Together, on an empty database: one migrates, the other waits.
  await Promise.all(nodes.map((node) => node.start()));
  const admin = { email: 'ada@example.com', name: 'Ada Admin', password: 'correct horse battery staple' };
  await createAdmin(env, admin);
  token = await signInForToken(nodes[0] as ServerProcess, admin);
  owner = new Database(database.ownerUrl);
  await owner.connect();
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await owner.end();
  await database.drop();
});

type Live = { from: number; to: number; events: RouterOutputs['audit']['page']['events'] };

/** Follows the feed for as long as it is told to, from one node after the other, resuming where it was. */
class Subscriber {
  readonly seen: { position: number; id: string; from: number }[] = [];
  readonly start: number;
  #cursor: number;
  #problem: Error | null = null;
  #client: ReturnType<typeof createClient> | null = null;

  constructor(start: number) {
    this.start = start;
    this.#cursor = start;
  }

  get cursor(): number {
    if (this.#problem) throw this.#problem;
    return this.#cursor;
  }

  connect(node: ServerProcess): void {
    this.#client?.close();
    const client = createClient({ url: node.url, token });
    this.#client = client;
    const current = () => this.#client === client;
    client.trpc.audit.live.subscribe(
      { lastEventId: String(this.#cursor) },
      {
        onData: ({ data }) => current() && this.#take(data as unknown as Live),
        // A node that is down is no failure: the next connection resumes.
        onError: (error) => current() && error.data && (this.#problem = error),
      },
    );
  }

  #take({ from, to, events }: Live): void {
    if (from !== this.#cursor) this.#problem = new Error(`a stretch from ${from} after ${this.#cursor}`);
    this.#cursor = to;
    for (const { position, id } of events) this.seen.push({ position, id, from });
  }

  close(): void {
    this.#client?.close();
    this.#client = null;
  }
}

/** Another program of the application: it tells what it does, and leaves the numbering to the nodes. */
async function writerOrm(): Promise<MikroORM> {
  const { rows } = await owner.query<{ role: string; password: string }>(
    `select role, password from countersign_login where purpose = 'app'`,
  );
  const audit = new Audit({ policies: DECLARED, actions: MANUAL_ACTIONS });
  const login = Object.assign(new URL(database.ownerUrl), { username: rows[0]?.role, password: rows[0]?.password }).href;
  const orm = await MikroORM.init({ entities: ENTITIES, clientUrl: login, subscribers: [audit.subscriber], pool: { max: WRITERS } });
  audit.bind(orm);
  return orm;
}

describe('AUD-14 AUD-20 AUD-21 AUD-24 two server processes on one database', () => {
  it('with 16 writers, subscribers that change nodes, and a node killed with -9: each subscriber gets exactly the committed events, in order', async () => {
    const chance = seeded(SEED);
    const orm = await writerOrm();
    const committed = new Set<string>();
    const start = await headOf();
    const subscribers = Array.from({ length: SUBSCRIBERS }, () => new Subscriber(start));
    for (const [i, subscriber] of subscribers.entries()) subscriber.connect(nodes[i % 2] as ServerProcess);

    let writing = true;
    const restless = subscribers.map(async (subscriber, i) => {
      const mine = chance.fork(`subscriber ${i}`);
      while (writing) {
        await sleep(mine.int(50, 400));
        subscriber.connect(mine.pick(nodes.filter((node) => node.running)));
      }
    });
    const killer = (async () => {
      await sleep(400);
      await nodes[0]?.kill();
      await sleep(600);
      await nodes[0]?.start();
    })();
    await Promise.all(Array.from({ length: WRITERS }, (_, i) => write(orm, { writer: i, chance: chance.fork(`writer ${i}`), committed })));
    await killer;
    writing = false;
    await Promise.all(restless);

    const head = await eventually(async () => ((await waitingRows()) === 0 ? await headOf() : false), { timeout: 90_000, interval: 100 });
    for (const [i, subscriber] of subscribers.entries()) subscriber.connect(nodes[i % 2] as ServerProcess);
    await eventually(() => subscribers.every((subscriber) => subscriber.cursor >= head), { timeout: 90_000, interval: 50 });
    const log = await owner.query<{ position: string; id: string; name: string | null }>(
      `select position, id, (select c->>'new' from jsonb_array_elements(changes) c where c->>'field' = 'name') as name from audit_event where position > $1 order by position`,
      [start],
    );
    const expected = log.rows.map(({ position, id }) => ({ position: Number(position), id }));
    for (const subscriber of subscribers) {
      subscriber.close();
      expect(subscriber.seen.map(({ position, id }) => ({ position, id }))).toEqual(expected);
    }
    expect(new Set(log.rows.map(({ name }) => name).filter((name) => name?.startsWith('Dock ')))).toEqual(committed);
    await orm.close(true);
  });
});

async function headOf(): Promise<number> {
  const { rows } = await owner.query<{ position: string }>('select position from audit_head');
  return Number(rows[0]?.position);
}

async function waitingRows(): Promise<number> {
  const { rows } = await owner.query<{ n: number }>('select count(*)::int as n from audit_inbox');
  return rows[0]?.n ?? 0;
}

interface Writer {
  readonly writer: number;
  readonly chance: ReturnType<typeof seeded>;
  readonly committed: Set<string>;
}

/** Random transactions with savepoints; some are rolled back, in part or whole. */
async function write(orm: MikroORM, { writer, chance, committed }: Writer): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const kept: string[] = [];
    const fails = chance.chance(0.2);
    await withContext({ actor: job('docks'), channel: 'job' }, () =>
      orm.em.fork().transactional(async (em) => {
        for (let step = 0; step < chance.int(1, 3); step++) {
          const name = `Dock ${writer}.${turn}.${step}`;
          em.create(Site, { id: randomUUID(), name, timeZone: 'Europe/Berlin' });
          await em.flush();
          kept.push(name);
          await sleep(chance.int(0, 15));
          if (chance.chance(0.3)) await savepoint(em, `${name} aside`, { keep: chance.chance(0.5), kept });
        }
        if (fails) throw new RolledBack();
      }),
    ).then(
      () => kept.forEach((name) => committed.add(name)),
      (error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      },
    );
  }
}

class RolledBack extends Error {}

async function savepoint(
  em: MikroORM['em'],
  name: string,
  { keep, kept }: { readonly keep: boolean; readonly kept: string[] },
): Promise<void> {
  const inner = em.transactional(async (nested) => {
    nested.create(Site, { id: randomUUID(), name, timeZone: 'Europe/Berlin' });
    await nested.flush();
    if (!keep) throw new RolledBack();
  });
  await inner.then(
    () => kept.push(name),
    (error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    },
  );
}
