import { createRequire } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';
import { FOR_HOURS, POOL } from '../bed.ts';
import type { Contender, Place, Saving } from './contender.ts';

// What is used of two libraries that are fetched when the benchmark runs: nobody has their types before.

interface Model {
  set(values: object): void;
  save(options: { transaction: unknown }): Promise<unknown>;
}

interface ModelType {
  findAll(options: { where: object }): Promise<Model[]>;
  hasPaperTrail(): void;
  sync(): Promise<unknown>;
}

interface Connection {
  define(name: string, columns: object, options: object): ModelType;
  model(name: string): ModelType;
  query(sql: string): Promise<unknown>;
  transaction<Result>(work: (transaction: unknown) => Promise<Result>): Promise<Result>;
}

type Types = Readonly<Record<'INTEGER' | 'STRING' | 'DATEONLY' | 'DATE' | 'BOOLEAN' | 'TEXT' | 'JSONB', object>> & {
  DECIMAL(precision: number, scale: number): object;
  ARRAY(type: object): object;
};

interface Library {
  readonly Sequelize: new (url: string, options: object) => Connection;
  readonly DataTypes: Types;
}

interface PaperTrail {
  init(connection: Connection, options: object): { defineModels(models: object): void };
}

const columns = (types: Types) => ({
  id: { type: types.INTEGER, primaryKey: true },
  person: types.STRING,
  site: types.STRING,
  day: types.DATEONLY,
  checkIn: { type: types.DATE, field: 'check_in' },
  checkOut: { type: types.DATE, field: 'check_out' },
  breakStart: { type: types.DATE, field: 'break_start' },
  breakEnd: { type: types.DATE, field: 'break_end' },
  total: types.DECIMAL(6, 2),
  overtime: types.DECIMAL(6, 2),
  breakMinutes: { type: types.INTEGER, field: 'break_minutes' },
  status: types.STRING,
  edited: types.BOOLEAN,
  notes: types.TEXT,
  tags: types.ARRAY(types.TEXT),
  extra: types.JSONB,
});

const alone: Contender = {
  name: 'sequelize, no audit',
  base: 'sequelize, no audit',
  table: 'card',
  trail: null,
  raw: false,
  numbered: false,
  open: async (place) => {
    const { connection, types } = connect(place);
    return savingOf(connection, connection.define('Card', columns(types), { tableName: 'card', timestamps: false }));
  },
};

/** With a copy of the row after each save of a record, by hooks of the record. */
const paperTrail: Contender = {
  ...alone,
  name: 'sequelize-paper-trail',
  table: 'paper_card',
  trail: '"Revisions"',
  open: async (place) => {
    const { connection, types, load } = connect(place);
    await connection.query('create table paper_card (like card including all, revision int)');
    await connection.query('insert into paper_card select * from card');
    const card = connection.define('Card', { ...columns(types), revision: types.INTEGER }, { tableName: 'paper_card', timestamps: false });
    // Without its rows for each changed field: it doesn't wait for them, so that they come after the commit, and end the process.
    const trail = (load('sequelize-paper-trail') as PaperTrail).init(connection, { enableRevisionChangeModel: false });
    trail.defineModels({});
    card.hasPaperTrail();
    await connection.model('Revision').sync();
    return savingOf(connection, card);
  },
};

/** Sequelize 6, alone and with `sequelize-paper-trail`. */
export const sequelizeContenders: readonly Contender[] = [alone, paperTrail];

function connect({ logins, peers }: Place) {
  const load = createRequire(join(peers, 'package.json'));
  const { Sequelize, DataTypes } = load('sequelize') as Library;
  const connection = new Sequelize(logins.owner, { dialectModule: pg, logging: false, pool: { max: POOL, idle: FOR_HOURS } });
  return { connection, types: DataTypes, load };
}

const savingOf = (connection: Connection, card: ModelType): Saving => ({
  prepare: async (ids, change) => {
    const cards = await card.findAll({ where: { id: [...ids] } });
    for (const one of cards) one.set(change);
    return () =>
      connection.transaction(async (transaction) => {
        for (const one of cards) await one.save({ transaction });
      });
  },
});
