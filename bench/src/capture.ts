import { performance } from 'node:perf_hooks';
import type { EventSubscriber, FlushEventArgs, MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { Audit } from '@countersign/audit/audit';
import { user, withContext } from '@countersign/audit/context';
import { CARDS, fillCards, makeBed, type Bed } from './bed.ts';
import { Card, cardPolicy, NaiveAudit, naivePolicy, SeenCard, seenCardPolicy } from './card.ts';
import { median, printTable } from './table.ts';

const ROUNDS = 15;
const SINGLES_A_ROUND = 40;
const BULK = 1_000;

interface Variant {
  readonly name: string;
  readonly table: typeof Card | typeof SeenCard;
  readonly orm: MikroORM;
  /** Milliseconds: a flush of one, a flush of a thousand. */
  readonly single: number[];
  readonly bulk: number[];
  /** Microseconds a row: one statement for all cards, and statements of one row each, inside the database. */
  readonly raw: number[];
  readonly one: number[];
}

/** What one writes first: an entity for each changed field, in the same flush. */
class NaiveSubscriber implements EventSubscriber {
  onFlush({ uow, em }: FlushEventArgs): void {
    for (const set of uow.getChangeSets()) {
      if (set.meta.className !== 'Card') continue;
      for (const [field, value] of Object.entries(set.payload)) {
        const before = (set.originalEntity as Record<string, unknown> | undefined)?.[field];
        const row = em.create(
          NaiveAudit,
          {
            entity: 'Card',
            entityId: String(set.getPrimaryKey()),
            field,
            oldValue: String(before),
            newValue: String(value),
            actor: 'u1',
          } as never,
          { persist: false },
        );
        uow.computeChangeSet(row);
      }
    }
  }
}

async function audited(bed: Bed, how: { readonly hooks: boolean; readonly triggers: boolean }): Promise<MikroORM> {
  const audit = new Audit({ policies: [cardPolicy, seenCardPolicy, naivePolicy] });
  const orm = await bed.orm(how.hooks ? [audit.subscriber] : [], how.triggers ? audit.driverOptions : undefined);
  audit.bind(orm);
  return orm;
}

/** Flushes with and without audit, in turn, in one process on one table; medians of many rounds. */
export async function run(): Promise<void> {
  const bed = await makeBed();
  await fillCards(bed);
  const variant = (name: string, table: Variant['table'], orm: MikroORM): Variant => ({
    name,
    table,
    orm,
    single: [],
    bulk: [],
    raw: [],
    one: [],
  });
  const variants: Variant[] = [
    variant('no audit', Card, await bed.orm([])),
    variant('hooks', Card, await audited(bed, { hooks: true, triggers: false })),
    variant('triggers', SeenCard, await audited(bed, { hooks: false, triggers: true })),
    variant('hooks and triggers', SeenCard, await audited(bed, { hooks: true, triggers: true })),
    variant('naive subscriber', Card, await bed.orm([new NaiveSubscriber()])),
  ];
  const client = await bed.client();
  let turn = 0;
  for (let round = 0; round < ROUNDS + 2; round++) {
    for (const variant of shuffled(variants)) {
      const single = await singles(variant, ++turn);
      const bulk = await bulkFlush(variant, ++turn);
      const [raw, one] = [await rawUpdate(client, variant, ++turn), await oneRowUpdates(client, variant, ++turn)];
      // The first rounds warm up compiler, caches and statements.
      if (round < 2) continue;
      variant.single.push(single);
      variant.bulk.push(bulk);
      variant.raw.push(raw);
      variant.one.push(one);
    }
    await clear(bed);
  }
  report(variants);
  for (const variant of variants) await variant.orm.close();
  await client.end();
  await bed.stop();
}

const shuffled = <Item>(items: readonly Item[]): Item[] => [...items].sort(() => Math.random() - 0.5);

const as = <Result>(work: () => Promise<Result>) =>
  withContext(
    { actor: user('9f1c7b1e-0000-4000-8000-000000000001'), channel: 'web', requestId: 'bench', ipAddress: '127.0.0.1', userAgent: 'bench' },
    work,
  );

const change = (card: InstanceType<typeof Card.class>, turn: number) => {
  card.checkOut = new Date(Date.UTC(2026, 10, 3, 17, turn % 60, (turn / 60) % 60));
  card.total = `${(turn % 900) / 100}`;
};

/** Milliseconds of one flush that changes one card, loading not counted. */
async function singles({ orm, table }: Variant, turn: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < SINGLES_A_ROUND; i++) {
    const em = orm.em.fork();
    const card = await em.findOneOrFail(table as typeof Card, 1 + ((turn * SINGLES_A_ROUND + i) % CARDS));
    change(card, turn * SINGLES_A_ROUND + i);
    const start = performance.now();
    await as(() => em.flush());
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Milliseconds of one flush that changes a thousand. */
async function bulkFlush({ orm, table }: Variant, turn: number): Promise<number> {
  const em = orm.em.fork();
  const cards = await em.find(table as typeof Card, { id: { $lte: BULK } });
  for (const card of cards) change(card, turn);
  const start = performance.now();
  await as(() => em.flush());
  return performance.now() - start;
}

const tableOf = ({ table }: Variant) => (table === Card ? 'card' : 'seen_card');

/** Microseconds a row of one UPDATE of every card. */
async function rawUpdate(client: Client, variant: Variant, turn: number): Promise<number> {
  const start = performance.now();
  await client.query(`update ${tableOf(variant)} set check_out = now() + $1 * interval '1 second', total = $2`, [turn, (turn % 900) / 100]);
  return (1_000 * (performance.now() - start)) / CARDS;
}

/** Microseconds of an UPDATE of one card and four columns, a thousand of them in one block: no network, one commit. */
async function oneRowUpdates(client: Client, variant: Variant, turn: number): Promise<number> {
  const start = performance.now();
  await client.query(`do $$ begin for i in 1..1000 loop
    update ${tableOf(variant)} set check_out = now() + (${turn} + i) * interval '1 second', total = ${(turn % 900) / 100}, edited = not edited, notes = 'turn ${turn}' where id = i;
  end loop; end $$`);
  return performance.now() - start;
}

async function clear(bed: Bed): Promise<void> {
  const client = new Client(bed.owner);
  await client.connect();
  await client.query('truncate audit_inbox, naive_audit');
  await client.query('vacuum card, seen_card');
  await client.end();
}

function report(variants: readonly Variant[]): void {
  const [base] = variants;
  if (!base) return;
  // Round by round against the same round without audit: the machine's speed drifts, and takes both along.
  const ratio = (mine: readonly number[], theirs: readonly number[]) => median(mine.map((time, i) => time / (theirs[i] ?? Number.NaN)));
  const added = (mine: readonly number[], theirs: readonly number[]) =>
    median(mine.map((time, i) => time - (theirs[i] ?? Number.NaN))).toFixed(1);
  printTable(
    variants.map((variant) => ({
      variant: variant.name,
      'flush of one, ms': median(variant.single).toFixed(3),
      '× no audit': ratio(variant.single, base.single).toFixed(2),
      'flush of 1,000, ms': median(variant.bulk).toFixed(1),
      '× no audit ': ratio(variant.bulk, base.bulk).toFixed(2),
      'raw UPDATE of 5,000, µs a row': median(variant.raw).toFixed(1),
      'above no audit': added(variant.raw, base.raw),
      'one-row UPDATE, µs': median(variant.one).toFixed(1),
      'above no audit ': added(variant.one, base.one),
    })),
  );
}
