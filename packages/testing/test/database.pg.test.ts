import { Client } from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { createDatabase, templated } from '../src/database.ts';

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

async function fresh(make: ReturnType<typeof createDatabase>) {
  const database = await make;
  onTestFinished(() => database.drop());
  return database;
}

describe('a test database', () => {
  it('is empty, and gone once dropped, whoever is connected', async () => {
    const database = await createDatabase();
    const [first, second] = [new Client(database.url), new Client(database.url)];
    for (const client of [first, second]) client.on('error', () => undefined);
    await Promise.all([first.connect(), second.connect()]);
    expect(await query(database.url, "select from pg_tables where schemaname = 'public'")).toEqual([]);
    await database.drop();
    await expect(query(database.url, 'select 1')).rejects.toThrow(/does not exist/);
  });

  it('has an owner who may make tables and roles, but whom privileges hold', async () => {
    const { ownerUrl, url } = await fresh(createDatabase());
    await query(ownerUrl, 'create table hutch (rabbits int)');
    await query(ownerUrl, 'create role keeper; drop role keeper');
    expect(await query(ownerUrl, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([{ rolsuper: false }]);
    expect(await query(url, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([{ rolsuper: true }]);
  });

  it('can be made on a server that is named', async () => {
    const { url } = await fresh(createDatabase({ server: inject('postgresUrl') }));
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a templated database', () => {
  const hutch = (ownerUrl: string) => query(ownerUrl, 'create table hutch as select 7 as rabbits');

  it('is prepared once, also for callers at the same time', async () => {
    let times = 0;
    const prepare = async ({ ownerUrl }: { ownerUrl: string }) => (times++, hutch(ownerUrl));
    const databases = await Promise.all([1, 2, 3].map(() => fresh(templated('once', prepare))));
    expect(times).toBe(1);
    for (const { ownerUrl } of databases) expect(await query(ownerUrl, 'select * from hutch')).toEqual([{ rabbits: 7 }]);
  });

  it('is a copy of its own', async () => {
    const [one, other] = [
      await fresh(templated('apart', (d) => hutch(d.ownerUrl))),
      await fresh(templated('apart', (d) => hutch(d.ownerUrl))),
    ];
    await query(one.ownerUrl, 'drop table hutch');
    expect(await query(other.ownerUrl, 'select * from hutch')).toEqual([{ rabbits: 7 }]);
  });

  it('is prepared again after a failure, and whatever connection its preparation forgot', async () => {
    await expect(templated('again', () => Promise.reject(new Error('no carrots')))).rejects.toThrow('no carrots');
    const forgotten: Client[] = [];
    const database = await fresh(
      templated('again', async ({ ownerUrl }) => {
        const client = new Client(ownerUrl);
        client.on('error', () => undefined);
        forgotten.push(client);
        await client.connect();
        await hutch(ownerUrl);
      }),
    );
    expect(await query(database.url, 'select * from hutch')).toEqual([{ rabbits: 7 }]);
  });
});
