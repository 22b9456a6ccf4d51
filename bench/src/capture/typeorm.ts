import { createRequire } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';
import { FOR_HOURS, POOL } from '../bed.ts';
import type { Contender, Place, Saving } from './contender.ts';

// What is used of two libraries that are fetched when the benchmark runs: nobody has their types before.

type Class = new () => object;

interface DataSource {
  initialize(): Promise<unknown>;
  query(sql: string): Promise<unknown>;
  readonly manager: {
    find(type: Class, options: { where: object }): Promise<object[]>;
    save(entities: readonly object[]): Promise<unknown>;
  };
  readonly driver: { createSchemaBuilder(): { log(): Promise<{ upQueries: readonly { query: string }[] }> } };
}

interface Library {
  readonly DataSource: new (options: object) => DataSource;
  readonly Entity: (options: { name: string }) => (type: Class) => void;
  readonly PrimaryColumn: (options: object) => (prototype: object, property: string) => void;
  readonly Column: (options: object) => (prototype: object, property: string) => void;
  readonly In: (values: readonly number[]) => unknown;
}

interface Auditing {
  readonly AuditingSubscriber: Class;
  readonly AuditingEntity: (audited: Class, options: { name: string }) => (type: Class) => void;
}

const COLUMNS = {
  person: { type: 'varchar' },
  site: { type: 'varchar' },
  day: { type: 'date' },
  checkIn: { type: 'timestamptz', name: 'check_in', nullable: true },
  checkOut: { type: 'timestamptz', name: 'check_out', nullable: true },
  breakStart: { type: 'timestamptz', name: 'break_start', nullable: true },
  breakEnd: { type: 'timestamptz', name: 'break_end', nullable: true },
  total: { type: 'numeric', precision: 6, scale: 2, nullable: true },
  overtime: { type: 'numeric', precision: 6, scale: 2, nullable: true },
  breakMinutes: { type: 'int', name: 'break_minutes', nullable: true },
  status: { type: 'varchar' },
  edited: { type: 'boolean' },
  notes: { type: 'text', nullable: true },
  tags: { type: 'text', array: true, nullable: true },
  extra: { type: 'jsonb', nullable: true },
};

const alone: Contender = {
  name: 'typeorm, no audit',
  base: 'typeorm, no audit',
  table: 'card',
  trail: null,
  raw: false,
  numbered: false,
  open: async (place) => {
    const library = libraryIn(place)('typeorm') as Library;
    class Card {
      declare readonly id: number;
    }
    describe(library, Card, 'card');
    return savingOf(library, await connect(library, place, { entities: [Card] }), Card);
  },
};

const HISTORY = 'auditing_card_history';

/** With a copy of the row after each save, by a subscriber. */
const auditing: Contender = {
  ...alone,
  name: 'typeorm-auditing',
  table: 'auditing_card',
  trail: HISTORY,
  open: async (place) => {
    const load = libraryIn(place);
    const library = load('typeorm') as Library;
    const { AuditingEntity, AuditingSubscriber } = load('typeorm-auditing') as Auditing;
    class Card {
      declare readonly id: number;
    }
    class CardHistory extends Card {}
    describe(library, Card, 'auditing_card');
    AuditingEntity(Card, { name: HISTORY })(CardHistory);
    const source = await connect(library, place, { entities: [Card, CardHistory], subscribers: [AuditingSubscriber] });
    await source.query('create table auditing_card (like card including all)');
    await source.query('insert into auditing_card select * from card');
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    for (const { query } of upQueries) if (query.includes(HISTORY)) await source.query(query);
    return savingOf(library, source, Card);
  },
};

/** TypeORM 0.3, alone and with `typeorm-auditing`. */
export const typeormContenders: readonly Contender[] = [alone, auditing];

const libraryIn = ({ peers }: Place) => createRequire(join(peers, 'package.json'));

/** What decorators do, called by hand: Node strips types and runs no decorators. */
function describe({ Entity, PrimaryColumn, Column }: Library, card: Class, name: string): void {
  Entity({ name })(card);
  PrimaryColumn({ type: 'int' })(card.prototype as object, 'id');
  for (const [property, options] of Object.entries(COLUMNS)) Column(options)(card.prototype as object, property);
}

async function connect({ DataSource }: Library, { logins }: Place, options: object): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    driver: pg,
    url: logins.owner,
    poolSize: POOL,
    extra: { idleTimeoutMillis: FOR_HOURS },
    ...options,
  });
  await source.initialize();
  return source;
}

const savingOf = ({ In }: Library, source: DataSource, card: Class): Saving => ({
  prepare: async (ids, change) => {
    const cards = await source.manager.find(card, { where: { id: In(ids) } });
    for (const one of cards) Object.assign(one, change);
    return () => source.manager.save(cards);
  },
});
