import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { job, withContext } from '@countersign/audit/context';
import { createClient, type LiveItem, type LiveOptions } from '@countersign/client';
import { Site } from '@countersign/domain/people/site';
import { eventually } from '@countersign/testing/eventually';
import { type Proxy, startProxy } from '@countersign/testing/proxy';
import { random } from '@countersign/testing/random';
import { house, type House } from './house.ts';

let here: House;
let line: Proxy;
let token: string;

beforeEach(async () => {
  docks = 0;
  here = await house({ liveReplay: 300 });
  line = await startProxy({ target: { port: Number(new URL(here.url).port) } });
  token = await here.token((await here.person('admin')).email);
});

afterEach(async () => {
  await line.stop();
  await here.close();
});

const follow = (options: LiveOptions = {}) => createClient({ url: line.through(here.url), token }).live(options);

let docks = 0;

/** So many sites made in one transaction, each an event. */
const write = (count: number): Promise<void> =>
  withContext({ actor: job('docks'), channel: 'job' }, async () => {
    const em = here.system.orm.em.fork();
    for (let n = 0; n < count; n++) em.create(Site, { id: randomUUID(), name: `Dock ${(docks += 1)}`, timeZone: 'Europe/Berlin' });
    await em.flush();
  });

/** The end of the log, once everything that was written is in it. */
async function head(): Promise<number> {
  await here.system.trail.sequencer.settle(5_000);
  return Number((await here.sql<{ position: string }>('select position from audit_head'))[0]?.position);
}

/** Reads to a position, as fast as `pace` lets it. */
async function readTo(feed: AsyncIterable<LiveItem>, end: () => number, pace: () => Promise<unknown> = () => Promise.resolve()) {
  const positions: number[] = [];
  const reloads: LiveItem[] = [];
  for await (const item of feed) {
    if (item.kind === 'event') positions.push(item.event.position);
    else reloads.push(item);
    if (item.kind === 'event' ? item.event.position >= end() : item.position >= end()) break;
    await pace();
  }
  return { positions, reloads };
}

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + 1 + n);

describe('AUD-20 AUD-21 the client follows the real server', () => {
  test('each event once, in order, while the line is cut, the database throws everybody out, and events go on coming', async () => {
    const chance = random(20_261_122);
    const start = await head();
    let last = Infinity;
    const reading = readTo(follow({ after: start }), () => last);
    for (let turn = 0; turn < 25; turn++) {
      await write(chance.int(1, 4));
      if (turn % 6 === 3) {
        line.cut();
        await write(2);
        line.restore();
      }
      if (turn === 12) {
        await throwOut();
        // Until the pool has noticed which of its connections are no longer any.
        await eventually(() => write(1));
      }
      await sleep(chance.int(5, 60));
    }
    last = (await head()) + 1;
    await write(1);
    expect(await reading).toEqual({ positions: upTo(start, last), reloads: [] });
  });

  test('a reader who takes long over each event gets every one, and is told where it took too long', async () => {
    const start = await head();
    await write(200);
    const slowly = await readTo(
      follow({ after: start }),
      () => start + 200,
      () => sleep(1),
    );
    expect(slowly).toEqual({ positions: upTo(start, start + 200), reloads: [] });
    await write(200);
    await head();
    // Further behind than this server replays, where nobody else follows the same.
    const feed = follow({ after: start, area: 'people' });
    expect(await feed.next()).toEqual({ done: false, value: { kind: 'reload', after: start, position: start + 400 } });
    const next = feed.next();
    await expect.poll(() => here.system.services.lanes.subscribers).toBe(1);
    await write(1);
    expect(await next).toMatchObject({ value: { kind: 'event', event: { position: start + 401, action: 'site_created' } } });
    await feed.return();
    await expect.poll(() => here.system.services.lanes.subscribers).toBe(0);
  });

  test('filters are the server’s, and what it hides moves the position on all the same', async () => {
    const feed = follow({ area: 'people', text: 'dock 1' });
    const next = feed.next();
    await expect.poll(() => here.system.services.lanes.subscribers).toBe(1);
    await write(3);
    expect(await next).toMatchObject({ value: { event: { target: { label: 'Dock 1' } } } });
    const rest = feed.next();
    await expect.poll(() => feed.position).toBe(await head());
    await feed.return();
    await rest;
  });

  test('a filter that is not valid is refused with the name of its field', async () => {
    const area = Array.from({ length: 60 }, () => 'people');
    await expect(follow({ area }).next()).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('area') });
    const text = Array.from({ length: 50 }, (_, n) => String(n).repeat(200).slice(0, 200));
    await expect(follow({ text, actor: text }).next()).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('fewer'),
    });
  });

  test('AC-5: ends when its session ends, and says what to do', async () => {
    const feed = follow();
    const next = feed.next();
    await expect.poll(() => here.system.services.lanes.subscribers).toBe(1);
    await fetch(`${here.url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    await expect(next).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('sign in') });
  });
});

/** What everybody connected to a database notices of its restart. */
async function throwOut(): Promise<void> {
  await here.sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`);
}
