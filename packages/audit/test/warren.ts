import { defineEntity, MikroORM, p, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { z } from 'zod';
import { templated, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { Audit, type AuditOptions, type OpenLog } from '../src/audit.ts';
import { logSchema } from '../src/schema/log-steps.ts';
import { currentContext, user, withContext } from '../src/capture/context.ts';
import { encodeContext } from '../src/capture/inbox.ts';
import { manualAction, type ManualAction } from '../src/policy/manual-action.ts';
import type { Context, Event } from '../src/events/entry.ts';
import { balance, type Balance, type BalanceOptions } from '../src/balance/balance.ts';
import type { Difference } from '../src/records/held-against.ts';
import { audited, never, unaudited, type Declared } from '../src/policy/policy.ts';
import { cover } from '../src/triggers/cover.ts';
import { prepareWitness } from '../src/schema/immutable.ts';
import { grants } from '../src/schema/schema.ts';
import { TRIGGERS } from '../src/triggers/triggers.ts';
import type { Visibility } from '../src/read/visibility.ts';

// A toy world that has everything: a root with an owner, children, a sensitive field, a secret, every kind of value.

export const Trait = defineEntity({
  name: 'Trait',
  tableName: 'trait',
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    rabbits: () => p.manyToMany(Rabbit).mappedBy('traits'),
  },
});
export const traitPolicy = unaudited(Trait, 'a fixed list that nobody edits');

export const Warren = defineEntity({
  name: 'Warren',
  tableName: 'warren',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    name: p.string(),
    keeper: p.string(),
    meadow: p.string(),
    flooded: p.boolean().default(false),
    floodedSince: p.date().nullable(),
    version: p.integer().version(),
  },
});
export const warrenPolicy = audited(Warren, {
  area: 'meadow',
  label: 'Warren',
  fields: {
    id: never('the key'),
    name: { label: 'Name', kind: 'text' },
    keeper: { label: 'Keeper', kind: 'reference' },
    meadow: { label: 'Meadow', kind: 'reference' },
    flooded: { label: 'Flooded', kind: 'boolean' },
    floodedSince: { label: 'Flooded since', kind: 'date' },
    version: never('counts the changes'),
  },
  carries: ['name', 'keeper', 'meadow'],
  title: (row) => `Warren ${row.name}`,
  subject: (row) => row.keeper ?? null,
  scopes: (row) => [`meadow:${row.meadow}`],
  actions: {
    vocabulary: {
      warren_dug: { label: 'Dug' },
      warren_changed: { label: 'Changed' },
      warren_closed: { label: 'Closed' },
      warren_flooded: { label: 'Flooded', needsReason: true },
      warren_in_trouble: { label: 'In trouble' },
    },
    general: ({ operation }) => (operation === 'create' ? 'warren_dug' : operation === 'delete' ? 'warren_closed' : 'warren_changed'),
    rules: [
      {
        action: 'warren_flooded',
        claims: ['flooded', 'floodedSince'],
        when: ({ before, row }) => before?.flooded === 'false' && row.flooded === 'true',
        state: 'flooded',
        metadata: ({ row }) => ({ since: row.floodedSince ?? null }),
      },
      { action: 'warren_in_trouble', claims: ['flooded'], when: ({ operation }) => operation === 'update' },
    ],
  },
});

const Hole = defineEntity({ name: 'Hole', embeddable: true, properties: { depth: p.integer(), lining: p.string().nullable() } });

export const Rabbit = defineEntity({
  name: 'Rabbit',
  tableName: 'rabbit',
  properties: {
    id: p.integer().primary(),
    warren: () => p.manyToOne(Warren).deleteRule('cascade'),
    name: p.text(),
    secretName: p.string().nullable(),
    pin: p.string().nullable(),
    born: p.date().nullable(),
    seenAt: p.datetime(3).nullable(),
    weight: p.decimal().precision(8).scale(2).nullable(),
    hops: p.bigint().nullable(),
    tame: p.boolean().default(false),
    nicknames: p.array().nullable(),
    notes: p.json<Record<string, unknown>>().nullable(),
    front: () => p.embedded(Hole).nullable(),
    back: () => p.embedded(Hole).object().nullable(),
    photo: p.blob().nullable(),
    mother: () => p.manyToOne(Rabbit).nullable(),
    traits: () => p.manyToMany(Trait),
    shout: p.text().generated('(upper(name)) stored').nullable(),
    version: p.integer().version(),
    updatedAt: p
      .datetime(3)
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});
const sizeOf = (weight: string | null | undefined) => (Number(weight ?? 0) < 2 ? 'small' : 'large');

export const rabbitPolicy = audited(Rabbit, {
  area: 'meadow',
  label: 'Rabbit',
  root: 'warren',
  fields: {
    id: never('the key'),
    warren: { label: 'Warren', kind: 'reference' },
    name: { label: 'Name', kind: 'text' },
    secretName: { label: 'Secret name', kind: 'text', sensitive: true },
    pin: never('a secret'),
    born: { label: 'Born', kind: 'date' },
    seenAt: { label: 'Seen', kind: 'time' },
    weight: { label: 'Weight', kind: 'number' },
    hops: { label: 'Hops', kind: 'number' },
    tame: { label: 'Tame', kind: 'boolean' },
    nicknames: { label: 'Nicknames', kind: 'json' },
    notes: { label: 'Notes', kind: 'json' },
    front: { label: 'Front door', kind: 'json' },
    back: { label: 'Back door', kind: 'json' },
    photo: { label: 'Photo', kind: 'text' },
    mother: { label: 'Mother', kind: 'reference' },
    traits: { label: 'Traits', kind: 'members' },
    shout: { label: 'Shouted name', kind: 'text' },
    version: { label: 'Version', kind: 'number' },
    updatedAt: never('says only that something changed'),
  },
  carries: ['born', 'weight'],
  title: (row) => `Rabbit ${row.id}`,
  workDate: (row) => row.born ?? null,
  effect: ({ operation, before, row, changed }, root) =>
    operation === 'update' && changed.has('weight')
      ? { size: { old: sizeOf(before?.weight), new: sizeOf(row.weight) }, ...(root?.flooded === 'true' && { in_a_flood: true }) }
      : null,
  actions: { vocabulary: { rabbit_changed: { label: 'Changed' } }, general: 'rabbit_changed' },
});

export const carrotsWeighed = manualAction({
  name: 'carrots_weighed',
  area: 'larder',
  label: 'Carrots weighed',
  description: 'Somebody weighed what is left.',
  metadata: z.strictObject({ grams: z.int().positive(), scale: z.enum(['kitchen', 'market']), note: z.string().optional() }),
});

export const warrenShown = manualAction({
  name: 'warren_shown',
  area: 'meadow',
  label: 'Shown to visitors',
  needsPerson: true,
  needsReason: true,
  metadata: z.strictObject({ visitors: z.array(z.strictObject({ age: z.int() })) }),
});

export const warrenViewed = manualAction({
  name: 'warren_viewed',
  area: 'meadow',
  label: 'Looked at',
  failure: 'defer',
  metadata: z.strictObject({ part: z.string() }),
});

export const POLICIES = [traitPolicy, warrenPolicy, rabbitPolicy];
export const ACTIONS = [carrotsWeighed, warrenShown, warrenViewed];
export const ENTITIES = [Trait, Warren, Rabbit, Hole];

/** Sees everything, sensitive values too. */
export const KEEPER: Visibility = { everything: true, keys: [], sensitive: true };

export interface World {
  readonly database: TestDatabase;
  readonly orm: MikroORM;
  readonly audit: Audit;
  readonly open: OpenLog;
  readonly roles: { readonly app: string; readonly sequencer: string };
  readonly alarms: unknown[];
  /** Runs in a fork of its own as a person, and answers with what `work` answers. */
  as<Result>(who: string | null, work: (em: EntityManager) => Promise<Result>, more?: Partial<Context>): Promise<Result>;
  /** Every event so far, in order. */
  events(): Promise<Event[]>;
  /** As a superuser, past the application. */
  sql<Row extends object = Record<string, unknown>>(text: string, params?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** The context of somebody at work, or of nobody, as the text that stands in the inbox and goes along with a transaction. */
export const contextText = (who: string | null, parts: Partial<Context> = {}): string =>
  withContext({ actor: who === null ? null : user(who), channel: 'web', ...parts }, () => encodeContext(currentContext()));

/** A login of its own on a database: no superuser, so that privileges hold. */
export function urlAs(database: TestDatabase, role: string): string {
  const url = new URL(database.url);
  url.username = role;
  url.password = role;
  return url.href;
}

/** What a world is made of. */
export interface Cast {
  readonly name: string;
  readonly entities: NonNullable<Options['entities']>;
  readonly policies: readonly Declared[];
  readonly actions: readonly ManualAction[];
  /** Which tables the application may write to. */
  readonly tables: readonly string[];
  /** What is there before anything is recorded. */
  readonly seed: readonly string[];
}

const MEADOW: Cast = {
  name: 'warren',
  entities: ENTITIES,
  policies: POLICIES,
  actions: ACTIONS,
  tables: ['trait', 'warren', 'rabbit', 'rabbit_traits'],
  seed: [`insert into trait values (1, 'shy'), (2, 'bold'), (3, 'fast')`],
};

const ROLES = { app: 'warren_app', sequencer: 'warren_sequencer' };

async function prepare(database: TestDatabase, { entities, policies, actions, tables, seed }: Cast): Promise<void> {
  const client = new Client(database.url);
  await client.connect();
  for (const role of Object.values(ROLES))
    await client.query(
      `do $$ begin create role ${role} login password '${role}'; exception when duplicate_object or unique_violation then null; end $$`,
    );
  const orm = await MikroORM.init({ entities: [...entities], clientUrl: database.url, subscribers: [] });
  for (const statement of [
    await orm.schema.getCreateSchemaSQL(),
    ...logSchema,
    ...grants(ROLES),
    `grant select, insert, update, delete on ${tables.join(', ')} to ${ROLES.app}`,
    `grant usage on all sequences in schema public to ${ROLES.app}`,
  ])
    await client.query(statement);
  const audit = new Audit({ policies, actions });
  audit.bind(orm);
  await cover(client, audit.registry);
  await prepareWitness(client);
  for (const statement of seed) await client.query(statement);
  await orm.close();
  await client.end();
}

/** An ORM with the audit trail on a database, as one node of an application. */
export async function join(
  database: TestDatabase,
  alarms: unknown[] = [],
  spool?: AuditOptions['spool'],
  { entities, policies, actions }: Cast = MEADOW,
): Promise<Pick<World, 'orm' | 'audit' | 'open'>> {
  const audit = new Audit({ policies, actions, ...(spool && { spool }) });
  const orm = await MikroORM.init({
    entities: [...entities],
    clientUrl: urlAs(database, ROLES.app),
    subscribers: [audit.subscriber],
    driverOptions: audit.driverOptions,
    pool: { max: 20 },
  });
  audit.bind(orm);
  const open = await audit.openLog({
    app: urlAs(database, ROLES.app),
    sequencer: urlAs(database, ROLES.sequencer),
    alarm: (error) => alarms.push(error),
  });
  return { orm, audit, open };
}

export const world = (spool?: AuditOptions['spool']): Promise<World> => worldOf(MEADOW, spool);

/** A world of other entities. */
export async function worldOf(cast: Cast, spool?: AuditOptions['spool']): Promise<World> {
  const database = await templated(cast.name, (empty) => prepare(empty, cast));
  const alarms: unknown[] = [];
  const node = await join(database, alarms, spool, cast);
  const superuser = new Client(database.url);
  superuser.on('error', () => undefined);
  await superuser.connect();
  return {
    database,
    ...node,
    roles: ROLES,
    alarms,
    as: (who, work, more = {}) =>
      withContext({ actor: who === null ? null : user(who), channel: 'web', ...more }, () => work(node.orm.em.fork() as EntityManager)),
    events: async () => {
      await eventually(async () => (await node.open.log.settle()).waiting === 0);
      return [...(await node.open.log.after(0, {}, KEEPER, 100_000)).events];
    },
    sql: async <Row extends object>(text: string, params: unknown[] = []) => (await superuser.query<Row>(text, params)).rows,
    close: async () => {
      await node.open.close();
      await node.orm.close(true);
      await superuser.end();
      await database.drop();
    },
  };
}

/** What nobody records, as only the owner of the tables can do it: with their triggers switched off. */
export async function unrecorded({ sql }: Pick<World, 'sql'>, statement: string): Promise<void> {
  const tables = ['warren', 'rabbit', 'rabbit_traits'];
  for (const table of tables) await sql(`alter table ${table} disable trigger user`);
  try {
    await sql(statement);
  } finally {
    for (const table of tables) for (const name of TRIGGERS) await sql(`alter table ${table} enable always trigger ${name}`);
  }
}

/** Folds the whole log and holds it against the rows. */
export async function balanceOf(
  { database, audit }: Pick<World, 'database' | 'audit'>,
  more: Pick<BalanceOptions, 'rowsAtOnce'> = {},
): Promise<{ found: Difference[]; result: Balance }> {
  const found: Difference[] = [];
  const result = await balance({
    app: urlAs(database, ROLES.app),
    sequencer: urlAs(database, ROLES.sequencer),
    registry: audit.registry,
    onDifference: (difference) => found.push(difference),
    ...more,
  });
  return { found, result };
}
