import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MikroORM, type EventSubscriber } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import type { Audit } from '@countersign/audit/audit';
import { logSchema } from '@countersign/audit/log-steps';
import { cover } from '@countersign/audit/cover';
import { compileRegistry, type Registry } from '@countersign/audit/registry';
import { grants } from '@countersign/audit/schema';
import { startEmbedded } from '@countersign/postgres/embedded';
import { Card, cardPolicy, NaiveAudit, naivePolicy, SeenCard, seenCardPolicy } from './card.ts';

/** URLs, with passwords. */
export interface Logins {
  readonly owner: string;
  readonly app: string;
  readonly sequencer: string;
}

/** A durable server of its own with the cards and the log's tables, and logins as an application has them. */
export interface Bed extends Logins {
  /** What the cards' policies say. */
  readonly registry: Registry;
  /** As the application's role. */
  orm(subscribers: EventSubscriber[]): Promise<MikroORM>;
  /** A connection of the owner's, for statements past the ORM. */
  client(): Promise<Client>;
  stop(): Promise<void>;
}

/** Connections of one pool. */
export const POOL = 20;
/** Milliseconds: as long as others have their turns. A connection that has just been opened makes every plan anew. */
export const FOR_HOURS = 6 * 3_600_000;

const ENTITIES = [Card, SeenCard, NaiveAudit];
const SETTINGS = { shared_buffers: '256MB', max_wal_size: '4GB' };
const ROLES = { app: 'bench_app', sequencer: 'bench_sequencer' };

/** `settings`: PostgreSQL's own, beside those of every bed. */
export async function makeBed(settings: Readonly<Record<string, string>> = {}): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbedded({ dataDir: join(folder, 'postgres'), settings: { ...SETTINGS, ...settings } });
  const loginAs = (role: string) => Object.assign(new URL(server.url), { username: role, password: role }).href;
  const orm = await MikroORM.init({ entities: ENTITIES, clientUrl: server.url });
  const client = new Client(server.url);
  await client.connect();
  for (const role of Object.values(ROLES)) await client.query(`create role ${role} login password '${role}'`);
  const tables = await orm.schema.getCreateSchemaSQL();
  for (const statement of [
    tables,
    ...logSchema,
    ...grants(ROLES),
    `grant all on card, seen_card, naive_audit to ${ROLES.app}`,
    `grant usage on all sequences in schema public to ${ROLES.app}`,
  ])
    await client.query(statement);
  const registry = compileRegistry([cardPolicy, seenCardPolicy, naivePolicy], orm.getMetadata());
  await cover(client, registry, { only: ['seen_card'] });
  await client.end();
  await orm.close();
  return {
    owner: server.url,
    app: loginAs(ROLES.app),
    sequencer: loginAs(ROLES.sequencer),
    registry,
    orm: (subscribers) => connectOrm(loginAs(ROLES.app), subscribers),
    client: async () => {
      const made = new Client(server.url);
      await made.connect();
      return made;
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The cards' ORM, logged in as `url` says. */
export const connectOrm = (url: string, subscribers: EventSubscriber[] = [], driverOptions?: Audit['driverOptions']): Promise<MikroORM> =>
  MikroORM.init({
    entities: ENTITIES,
    clientUrl: url,
    subscribers,
    pool: { max: POOL, idleTimeoutMillis: FOR_HOURS },
    ...(driverOptions && { driverOptions }),
  });

export const CARDS = 5_000;

/** Fills the table; `day` spreads over a month. */
export async function fillCards(bed: Bed): Promise<void> {
  const client = new Client(bed.owner);
  await client.connect();
  await client.query(
    `insert into card select n, gen_random_uuid()::text, 'site ' || n % 3, date '2026-11-01' + n % 28, now(), now() + interval '8 hours', null, null, 8, 0, 30, 'open', false, 'some notes', '{a,b}', '{"a":1,"b":{"c":true}}' from generate_series(1, ${CARDS}) n`,
  );
  await client.query('insert into seen_card select * from card');
  await client.query('vacuum analyze card, seen_card');
  await client.end();
}
