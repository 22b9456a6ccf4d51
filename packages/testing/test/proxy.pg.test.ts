import { Client } from 'pg';
import { expect, inject, it, onTestFinished } from 'vitest';
import { createDatabase } from '../src/database.ts';
import { eventually } from '../src/eventually.ts';
import { startProxy } from '../src/proxy.ts';

async function scene() {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const proxy = await startProxy({ target: { port: Number(new URL(inject('postgresUrl')).port) } });
  onTestFinished(() => proxy.stop());
  return { database, proxy, connect: () => connect(proxy.through(database.ownerUrl)), direct: () => connect(database.ownerUrl) };
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  client.on('error', () => undefined);
  onTestFinished(() => client.end().catch(() => undefined));
  await client.connect();
  return client;
}

it('passes everything on', async () => {
  const client = await (await scene()).connect();
  const { rows } = await client.query<{ text: string }>("select repeat('rabbit', 1000000) as text");
  expect(rows[0]?.text).toHaveLength(6_000_000);
});

it('cuts what is there and what comes, until it is restored', async () => {
  const { proxy, connect: through } = await scene();
  const client = await through();
  const waiting = client.query('select pg_sleep(60)');
  proxy.cut();
  await expect(waiting).rejects.toThrow();
  await expect(through()).rejects.toThrow();
  proxy.restore();
  expect((await (await through()).query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

it('holds everything back in a black hole, and lets go of it afterwards', async () => {
  const { proxy, connect: through, direct } = await scene();
  const [client, observer] = [await through(), await direct()];
  await client.query('create table hutch (rabbits int)');
  proxy.blackhole();
  let answered = false;
  const insert = client.query('insert into hutch values (7)').then(() => (answered = true));
  expect((await observer.query('select pg_sleep(0.1), * from hutch')).rows).toEqual([]);
  expect(answered).toBe(false);
  proxy.restore();
  await insert;
  expect((await observer.query('select * from hutch')).rows).toEqual([{ rabbits: 7 }]);
});

it('cuts after a commit was sent, before its answer arrives', async () => {
  const { proxy, connect: through, direct } = await scene();
  const [client, observer] = [await through(), await direct()];
  await client.query('create table hutch (rabbits int)');
  await client.query('begin');
  await client.query('insert into hutch values (7)');
  const cut = proxy.cutAfter('commit');
  await expect(client.query('commit')).rejects.toThrow();
  await cut;
  await eventually(async () => expect((await observer.query('select * from hutch')).rows).toEqual([{ rabbits: 7 }]));
  expect((await (await through()).query('commit')).command).toBe('COMMIT');
});
