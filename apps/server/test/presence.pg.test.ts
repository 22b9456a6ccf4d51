import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, type RouterOutputs } from '@countersign/client';
import { user, withContext } from '@countersign/audit/context';
import { User } from '@countersign/domain/people/user';
import { eventually } from '@countersign/testing/eventually';
import type { Role } from '@countersign/domain/people/rights/permissions';
import { sealerWith } from '@countersign/domain/people/second-factor/sealer';
import { openDatabase } from '../src/database/database.ts';
import { serve } from '../src/serve.ts';
import { openSystem } from '../src/system.ts';
import { type House, house, settingsFor } from './house.ts';
import { beginSession } from './listening-socket.ts';

let home: House;
/** Another node on the same database: nothing else is shared. */
let elsewhere: { readonly url: string; readonly close: () => Promise<void> };
let card: string;
let owner: { id: string };
let admin: { id: string };
let manager: { id: string };

beforeAll(async () => {
  home = await house();
  elsewhere = await secondNode();
  [owner, admin, manager] = await Promise.all([home.person('worker', 'Wim'), home.person('admin', 'Ada'), home.person('manager', 'Max')]);
  const client = createClient({ url: home.url, token: await beginSession(home, owner.id) });
  const site = await home.site();
  card = (await client.trpc.timecards.create.mutate({ person: owner.id, site, periodStart: '2026-11-03', periodEnd: '2026-11-03' })).id;
  client.close();
});
afterAll(async () => {
  await elsewhere.close();
  await home.close();
});

async function secondNode() {
  const log = pino({ level: 'silent' });
  const { logins } = await openDatabase(settingsFor(home.database));
  const system = await openSystem({ logins, settings: { connections: 5, liveReplay: 20_000 }, log });
  const quotas = { calls: 0, log: 0 };
  const settings = { port: 0, host: '127.0.0.1', proxies: 0, quotas, importLimit: 1_000, metricsToken: null, shutdownSeconds: 1 };
  const secondFactor = { sealer: sealerWith([Buffer.alloc(32)]), required: new Set<Role>() };
  const served = await serve({ system, log, webFolder: '/nowhere', settings, secondFactor });
  const close = async () => {
    await served.close();
    await system.close();
  };
  return { url: served.url, close };
}

type People = RouterOutputs['presence']['live'] extends AsyncIterable<infer Step extends { people: unknown }> ? Step['people'] : never;

/** The machine may be busy with other things. */
const soon = (condition: () => unknown) => eventually(condition, { timeout: 20_000 });

/** Opens the card, as a page does; `people` is who else it says has it open. */
async function opens(who: { readonly id: string }, { node = home.url, editing = false, root = `Timecard:${card}` } = {}) {
  const token = await beginSession(home, who.id);
  const sockets: WebSocket[] = [];
  class Remembered extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const client = createClient({ url: node, token, WebSocket: Remembered });
  onTestFinished(client.close);
  const page = {
    people: null as People | null,
    errors: [] as unknown[],
    close: client.close,
    vanish: () => sockets.at(-1)?.terminate(),
  };
  const { unsubscribe } = client.trpc.presence.live.subscribe(
    { root, editing },
    {
      onData: ({ people }) => (page.people = people),
      onError: (error) => page.errors.push(error),
    },
  );
  return Object.assign(page, { unsubscribe });
}

const names = ({ people }: { readonly people: People | null }) => people?.map(({ name, editing }) => `${name}${editing ? ' edits' : ''}`);

describe('AUD-25: who else has a timecard open', () => {
  test('AUD-25: is seen on every node, with who is editing, each person once however many tabs they have, and never oneself', async () => {
    const here = await opens(manager);
    const there = await opens(owner, { node: elsewhere.url });
    await soon(() => names(here)?.join() === 'Wim worker' && names(there)?.join() === 'Max manager');
    const second = await opens(manager, { node: elsewhere.url, editing: true });
    await soon(() => names(there)?.join() === 'Max manager edits');
    expect(names(here)).toEqual(['Wim worker']);
    await soon(() => names(second)?.join() === 'Wim worker');
    second.close();
    await soon(() => names(there)?.join() === 'Max manager');
    here.close();
    await soon(() => names(there)?.length === 0);
    expect([...here.errors, ...there.errors]).toEqual([]);
  });

  test('AUD-25: whoever leaves is there a little longer, so that a page that is loaded again doesn’t come and go; then they are gone', async () => {
    const watching = await opens(admin);
    const other = await opens(manager, { node: elsewhere.url, editing: true });
    await soon(() => names(watching)?.join() === 'Max manager edits');
    other.close();
    const leaving = `select 1 from presences where person = $1 and not editing and expires_at <= now() + interval '2 seconds'`;
    await soon(async () => (await home.sql(leaving, [manager.id])).length > 0);
    await soon(() => names(watching)?.length === 0);
  });

  test('AUD-25: whoever loses their line is gone', async () => {
    const watching = await opens(admin);
    const other = await opens(manager);
    await soon(() => names(watching)?.join() === 'Max manager');
    other.unsubscribe();
    other.vanish();
    await soon(() => names(watching)?.length === 0);
  });

  test('AUD-25: what a node that was killed had said of its people ends by itself', async () => {
    const watching = await opens(admin);
    await soon(() => names(watching)?.length === 0);
    const said = `insert into presences (id, root, person, editing, expires_at) values (gen_random_uuid(), $1, $2, true, now() + interval '1 hour')`;
    await home.sql(said, [`Timecard:${card}`, manager.id]);
    await soon(() => names(watching)?.join() === 'Max manager edits');
    await home.sql('update presences set expires_at = now() where person = $1', [manager.id]);
    await soon(() => names(watching)?.length === 0);
  });

  test('AUD-25: a crash of the database forgets it, and it is there again without anybody doing anything', async () => {
    const watching = await opens(admin);
    const other = await opens(manager, { node: elsewhere.url });
    await soon(() => names(watching)?.join() === 'Max manager');
    await home.sql('delete from presences');
    const back = 'select 1 from presences where person = $1 and expires_at > now()';
    await soon(async () => (await home.sql(back, [manager.id])).length > 0);
    // Whether anybody sees them gone in between is a question of who looks when; either way they stay, or come again.
    await soon(() => names(watching)?.join() === 'Max manager');
    other.close();
  });

  test('AUD-25: only those who may see the card are told, or are there; and a right taken away ends both', async () => {
    const stranger = await opens(await home.person('worker'));
    const made = await opens(admin, { root: `Timecard:${crypto.randomUUID()}` });
    const odd = await opens(admin, { root: 'Timecard:x' });
    await soon(() => [stranger, made, odd].every(({ errors }) => errors.length === 1));
    expect([stranger, made].map(({ errors }) => errors[0])).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ code: 'NOT_FOUND' }) as unknown }),
      expect.objectContaining({ data: expect.objectContaining({ code: 'NOT_FOUND' }) as unknown }),
    ]);
    expect(odd.errors[0]).toMatchObject({ data: { refusal: { fields: [{ field: 'root' }] } } });
    const leaving = await home.person('manager', 'Mia');
    const watching = await opens(admin);
    const theirs = await opens(leaving, { node: elsewhere.url });
    await soon(() => names(watching)?.join() === 'Mia manager');
    await withContext({ actor: user(admin.id), channel: 'web' }, async () => {
      const em = home.system.orm.em.fork();
      (await em.findOneOrFail(User, { id: leaving.id })).role = 'worker';
      await em.flush();
    });
    await soon(() => theirs.errors.length === 1 && names(watching)?.length === 0);
    expect(theirs.errors[0]).toMatchObject({ data: { code: 'NOT_FOUND' } });
  });
});
