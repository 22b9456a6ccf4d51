import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TRPCClientError } from '@trpc/client';
import { tracked } from '@trpc/server';
import { jsonEncoder } from '@trpc/server/adapters/ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '@countersign/testing/eventually';
import { Connection } from '../src/live/connection.ts';
import { attachingEncoder } from '../src/live/encoder.ts';
import { frame } from '../src/live/frames.ts';
import { connect, follow, serveSockets, upTo } from './sockets.ts';
import { RABBIT, rabbitEntry, scene, somebody } from './warren.ts';

/** A bare websocket: what is sent is one message, as it stands. */
async function byHand(url: string) {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  const answers: { id: number | null; result?: object; error?: { message: string; data: { code: string } } }[] = [];
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString()) as (typeof answers)[number]));
  await once(socket, 'open');
  return { ask: (message: unknown) => socket.send(JSON.stringify(message)), answers };
}

const calls = (count: number, from = 1) =>
  Array.from({ length: count }, (_, n) => ({ id: from + n, method: 'query', params: { path: 'rabbits.count' } }));

const all = (last: number, first = 1) => upTo(last, first);

describe('the feed over a websocket, with the stock client', () => {
  test('AUD-20: each event once, in order, from the moment of subscribing', async () => {
    const { burrow, context } = scene();
    const { url } = await serveSockets({ context });
    burrow.append(3);
    const page = follow(connect(url).client);
    await eventually(() => page.frames === 1);
    burrow.append(2);
    burrow.append(1);
    await eventually(() => page.events.length === 3);
    expect(page.positions()).toEqual([4, 5, 6]);
    expect(page.events[0]?.actor.name).toBe('Name of admin');
    expect(page.gaps).toEqual([]);
  });

  test('AUD-21: a first screen and the tail after it join without a gap or a duplicate, in the middle of a batch too', async () => {
    const { burrow, context } = scene();
    const { url } = await serveSockets({ context });
    const keepsLane = follow(connect(url).client);
    await eventually(() => keepsLane.frames === 1);
    burrow.append(10);
    const page = follow(connect(url).client, { lastEventId: '4' });
    burrow.append(10);
    await eventually(() => page.events.length === 16);
    expect(page.positions()).toEqual(all(20, 5));
    expect(page.gaps).toEqual([]);
    expect(burrow.reads).toBe(0); // the ring sufficed
  });

  test('AUD-21: after interruptions in the middle of bursts it resumes where it was, from the ring or from the log', async () => {
    const { burrow, context } = scene({ laneLimit: 4_000 });
    const { url, terminate } = await serveSockets({ context });
    const pages = [0, 1, 2, 3, 4].map((queries) => {
      const { client } = connect(url);
      for (let n = 0; n < queries; n++) void client.rabbits.count.query(); // so that request ids differ
      return follow(client);
    });
    await eventually(() => pages.every(({ frames }) => frames > 0));
    for (let round = 1; round <= 6; round++) {
      for (let burst = 0; burst < 20; burst++) {
        burrow.append(round < 5 ? 5 : 50);
        if (burst === 10) terminate();
        if (burst % 5 === 0) await sleep(5);
      }
      await sleep(30);
    }
    const last = burrow.entries.length;
    await eventually(() => pages.every(({ to }) => to === last));
    for (const page of pages) {
      expect(page.positions()).toEqual(all(last));
      expect(page.gaps).toEqual([]);
      expect(page.errors).toEqual([]);
    }
    expect(burrow.reads).toBeGreaterThan(0);
  });

  test('AUD-21: a position that another node was quicker with is waited for', async () => {
    const { burrow, context } = scene();
    const { url } = await serveSockets({ context });
    burrow.append(2);
    burrow.held = [];
    burrow.append(3);
    const page = follow(connect(url).client, { lastEventId: '4' });
    await sleep(50);
    expect(page.frames).toBe(0);
    burrow.release();
    await eventually(() => page.events.length === 1);
    expect(page.positions()).toEqual([5]);
  });

  test.each([
    ['the interruption was too long to replay', '0'],
    ['the position lies beyond the end of the log', '31'],
  ])('AUD-21: the page is told to reload when %s', async (_, lastEventId) => {
    const { burrow, context } = scene({ maxBehind: 20 });
    const { url } = await serveSockets({ context });
    burrow.append(30);
    const page = follow(connect(url).client, { lastEventId });
    await eventually(() => page.errors.length === 1);
    expect(page.errors[0]).toMatchObject({ message: 'reload', data: { code: 'PRECONDITION_FAILED', refusal: null } });
  });

  test.each(['x', '-1', '1.5', '1e3', '99999999999999999999', ''])('AUD-21: the corrupt position %j is refused', async (lastEventId) => {
    const { context } = scene();
    const { url } = await serveSockets({ context });
    const page = follow(connect(url).client, { lastEventId });
    await eventually(() => page.errors.length === 1);
    expect(page.errors[0]).toMatchObject({ data: { code: 'BAD_REQUEST', refusal: { fields: [{ field: 'lastEventId' }] } } });
  });

  test('AUD-22: filters and permissions apply on the server: what one may not see or did not ask for never leaves it', async () => {
    const { burrow, context } = scene();
    const { url } = await serveSockets({ context }, { admin: somebody(), ann: somebody('worker', 'ann') });
    const OTHER = RABBIT.replace('0', '1');
    const everything = follow(connect(url).client);
    const one = follow(connect(url).client, { root: OTHER, action: ['rabbit_measured', 'other'] });
    const own = follow(connect(url, 'ann').client);
    await eventually(() => [everything, one, own].every(({ frames }) => frames === 1));
    burrow.append(9, (position) =>
      rabbitEntry(position, { by: position % 3 ? 'bob' : 'ann', root: position % 2 ? RABBIT : OTHER, secret: 'MARKER' }),
    );
    await eventually(() => everything.events.length === 9 && one.events.length === 4 && own.events.length === 3);
    expect(one.positions()).toEqual([2, 4, 6, 8]);
    expect(own.positions()).toEqual([3, 6, 9]);
    expect(JSON.stringify(everything.events)).toContain('MARKER');
    expect(JSON.stringify(own.events)).not.toContain('MARKER');
    expect(own.events[0]?.changes[1]).toEqual({ field: 'diary', hidden: true });
  });

  test('AUD-22: rights turn at the event’s own position: what lies before it comes, what lies behind it waits until they have turned', async () => {
    const [turned, turn] = [[] as (number | null)[], Promise.withResolvers<void>()];
    const isTurn = ({ position }: { position: number }) => position === 4;
    const turns = { isTurn, turn: (entry: { position: number } | null) => (turned.push(entry?.position ?? null), turn.promise) };
    const { burrow, context } = scene({ turns });
    const { url } = await serveSockets({ context });
    const page = follow(connect(url).client);
    await eventually(() => page.frames === 1);
    burrow.append(6);
    await eventually(() => turned.length === 1);
    burrow.append(2);
    await eventually(() => page.to === 3);
    // Nor does anybody get it by coming back, from the log.
    const other = follow(connect(url).client, { lastEventId: '0' });
    await eventually(() => other.to === 3);
    await sleep(20);
    expect([page.positions(), other.positions(), turned]).toEqual([all(3), all(3), [4]]);
    turn.resolve();
    await eventually(() => page.to === 8 && other.to === 8);
    expect([page.positions(), page.gaps]).toEqual([all(8), []]);
  });

  test('AUD-22: whoever is behind reads the log no further than this node has come, since their rights may end there', async () => {
    const { burrow, context } = scene({ laneLimit: 1 });
    const { url } = await serveSockets({ context });
    burrow.append(5);
    burrow.held = [];
    burrow.append(5);
    const page = follow(connect(url).client, { lastEventId: '0' });
    await eventually(() => page.to === 5);
    await sleep(20);
    expect(page.positions()).toEqual(all(5));
    burrow.release();
    await eventually(() => page.to === 10);
    expect([page.positions(), page.gaps]).toEqual([all(10), []]);
  });

  test('AUD-22: rights turn even where events can’t be presented, or came faster than they could be', async () => {
    const turned: (number | null)[] = [];
    const turns = { isTurn: () => true, turn: (entry: { position: number } | null) => void turned.push(entry?.position ?? null) };
    const asked: (() => void)[] = [];
    const presenter = () => new Promise<never>((_, reject) => asked.push(() => reject(new Error('no names'))));
    const { burrow, services, reported } = scene({ turns, presenter });
    services.lanes.open({ visibility: { everything: true, keys: [], sensitive: true }, filter: {} });
    burrow.append(2);
    await eventually(() => asked.length === 1);
    for (let batch = 0; batch < 70; batch++) burrow.append(1);
    await eventually(() => {
      for (const fail of asked.splice(0)) fail();
      return services.lanes.position === 72;
    });
    expect(new Set(turned)).toEqual(new Set(all(72)));
    expect(reported.length).toBeGreaterThan(0);
  });

  test('AUD-29: who follows is recorded when they begin, and with each event that they are sent, from the log and live', async () => {
    const { burrow, context, read } = scene();
    const { url } = await serveSockets({ context });
    burrow.append(3);
    const page = follow(connect(url).client, { lastEventId: '1' });
    await eventually(() => page.events.length === 2);
    burrow.append(2);
    await eventually(() => page.events.length === 4);
    const all = { view: 'feed', filter: {}, records: new Map(), by: 'admin' };
    // Of what is pushed nobody asked for anything.
    expect(read).toMatchObject([0, 2, 2].map((rows) => ({ ...all, rows })));
    expect(read.map(({ about }) => [...about.values()])).toEqual([[], [2], []]);
  });

  test('AUD-29: following one record is following its trail', async () => {
    const { burrow, context, read } = scene();
    const { url } = await serveSockets({ context });
    burrow.append(1);
    const page = follow(connect(url).client, { root: `Rabbit:${RABBIT}` });
    await eventually(() => page.frames === 1);
    expect(read).toMatchObject([
      { view: 'trail', rows: 0, records: new Map([[`Rabbit:${RABBIT}`, 0]]), filter: { root: [`Rabbit:${RABBIT}`] } },
    ]);
  });

  test('R-1: where what is sent can be recorded nowhere, no more of it is sent', async () => {
    const made = scene();
    const { url } = await serveSockets(made);
    const page = follow(connect(url).client);
    await eventually(() => page.frames === 1);
    made.unwritable = new Error('neither database nor disk');
    made.burrow.append(1);
    await eventually(() => made.reported.length === 1);
    expect(made.reported[0]?.problem).toBe(made.unwritable);
    made.unwritable = null;
  });

  test('AUD-22: nobody subscribes without signing in', async () => {
    const { url } = await serveSockets(scene(), {});
    const page = follow(connect(url).client);
    await eventually(() => page.errors.length === 1);
    expect(page.errors[0]).toMatchObject({ data: { code: 'UNAUTHORIZED' } });
  });

  test('AUD-23: frozen pages cost bounded memory and delay nobody; when they thaw they miss nothing', async () => {
    const { burrow, context } = scene({ laneLimit: 200_000, maxBehind: 1_000_000 });
    const { url, wss } = await serveSockets({ context });
    const healthy = follow(connect(url).client);
    const frozen = [0, 1, 2].map(() => {
      const { client, freeze, thaw } = connect(url);
      return { page: follow(client), freeze, thaw };
    });
    await eventually(() => [healthy, ...frozen.map(({ page }) => page)].every(({ frames }) => frames === 1));
    for (const { freeze } of frozen) freeze();
    for (let n = 0; n < 300; n++) {
      burrow.append(100);
      if (n % 10 === 0) await sleep(1);
    }
    await eventually(() => healthy.to === 30_000, { timeout: 20_000 });
    const buffered = [...wss.clients].map(({ bufferedAmount }) => bufferedAmount);
    // The high-water mark and one frame.
    expect(Math.max(...buffered)).toBeLessThan(400 * 1024);
    expect(Math.max(...buffered)).toBeGreaterThan(64 * 1024);
    expect(frozen.every(({ page }) => page.events.length < 30_000)).toBe(true);
    for (const { thaw } of frozen) thaw();
    await eventually(() => frozen.every(({ page }) => page.to === 30_000), { timeout: 20_000 });
    for (const { page } of [{ page: healthy }, ...frozen]) {
      expect(page.positions()).toEqual(all(30_000));
      expect(page.gaps).toEqual([]);
      expect(page.errors).toEqual([]);
    }
  });

  test('several subscriptions on one socket, each with its own filter; ending one leaves the others', async () => {
    const { burrow, context } = scene();
    const { url } = await serveSockets({ context });
    const { client } = connect(url);
    const [odd, every, also] = [follow(client, { text: ['1'] }), follow(client), follow(client)];
    await eventually(() => [odd, every, also].every(({ frames }) => frames === 1));
    burrow.append(2);
    await eventually(() => every.events.length === 2 && also.events.length === 2 && odd.events.length === 1);
    also.unsubscribe();
    await eventually(() => also.stopped);
    expect(await client.rabbits.count.query()).toEqual({ rabbits: 2 });
    burrow.append(1);
    await eventually(() => every.events.length === 3);
    await sleep(20);
    expect(also.events).toHaveLength(2);
    expect(odd.positions()).toEqual([1]);
  });

  test('at most 20 subscriptions on one socket', async () => {
    const { url } = await serveSockets(scene());
    const { client } = connect(url);
    const pages = Array.from({ length: 20 }, () => follow(client));
    await eventually(() => pages.every(({ frames }) => frames === 1));
    const refused = follow(client);
    await eventually(() => refused.errors.length === 1);
    expect(refused.errors[0]).toMatchObject({ data: { code: 'TOO_MANY_REQUESTS' } });
    pages[0]?.unsubscribe();
    await eventually(() => pages[0]?.stopped ?? false);
    const again = follow(client);
    await eventually(() => again.frames === 1);
  });

  test('at most 20 calls under way on one socket', async () => {
    const { url } = await serveSockets(scene());
    const { ask, answers } = await byHand(url);
    ask(calls(15, 1));
    ask(calls(15, 16));
    await eventually(() => answers.length === 30);
    expect(answers.filter(({ result }) => result)).toHaveLength(20);
    expect(answers.filter(({ error }) => error?.data.code === 'TOO_MANY_REQUESTS')).toHaveLength(10);
    ask(calls(20, 31));
    await eventually(() => answers.length === 50);
    expect(answers.filter(({ result }) => result)).toHaveLength(40);
  });

  test.each([21, 500, 0])('a message of %i calls is refused as a whole', async (count) => {
    const { url } = await serveSockets(scene());
    const { ask, answers } = await byHand(url);
    ask(calls(count));
    ask(calls(1, 1_000));
    await eventually(() => answers.some(({ id }) => id === 1_000));
    expect(answers).toMatchObject([
      { id: null, error: { message: 'A message holds between 1 and 20 calls', data: { refusal: { code: 'VALIDATION_ERROR' } } } },
      { id: 1_000 },
    ]);
  });

  test('a call is under way until there is room for its answer: who reads nothing gets no further ones', async () => {
    const wire = new EventEmitter();
    const socket = { readyState: 1, bufferedAmount: 1_000_000, send: () => undefined };
    const connection = new Connection(socket, wire);
    let answered = 0;
    for (let n = 0; n < 20; n++) void connection.call(async () => n).then(() => answered++);
    await sleep(20);
    await expect(connection.call(async () => 0)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(answered).toBe(0);
    socket.bufferedAmount = 0;
    wire.emit('drain');
    await eventually(() => answered === 20);
  });

  test('a quiet subscriber hears now and then how far the feed has come', async () => {
    const { burrow, context } = scene({ beat: 30 });
    const { url } = await serveSockets({ context });
    const page = follow(connect(url).client, { area: 'hares' });
    await eventually(() => page.frames === 1);
    burrow.append(5);
    await eventually(() => page.to === 5);
    expect(page.events).toEqual([]);
    await sleep(100);
    expect(page.frames).toBe(2); // and nothing while nothing happens
  });

  test('when names cannot be found the log is read instead, and nothing is skipped', async () => {
    let down = false;
    const presenter = async () => {
      if (down) throw new Error('the names are gone');
      return (event: { position: number }) => ({ ...event, name: 'found' }) as never;
    };
    const { burrow, context, reported } = scene({ presenter });
    const { url } = await serveSockets({ context });
    const page = follow(connect(url).client);
    await eventually(() => page.frames === 1);
    down = true;
    burrow.append(2);
    await eventually(() => reported.length > 0);
    down = false;
    await eventually(() => page.errors.length === 1); // the log's page needed names as well: an error, not a gap
    const again = follow(connect(url).client, { lastEventId: '0' });
    await eventually(() => again.events.length === 2);
  });
});

describe('what comes over a socket is never trusted', () => {
  async function raw() {
    const { url } = await serveSockets(scene());
    const socket = new WebSocket(url);
    const answers: unknown[] = [];
    socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
    await once(socket, 'open');
    return { socket, answers, url };
  }

  test.each([
    ['no JSON', '{"id":'],
    ['no object', '7'],
    ['no method', '{"id":1}'],
    ['an unknown method', '{"id":1,"method":"fly","params":{"path":"a.b"}}'],
    ['no path', '{"id":1,"method":"query","params":{}}'],
    ['no id', '{"id":null,"method":"query","params":{"path":"rabbits.count"}}'],
    ['an unknown procedure', '{"id":1,"method":"query","params":{"path":"rabbits.__proto__"}}'],
    ['a binary frame', Buffer.from('{"id":1}')],
  ])('%s gets an error and ends nothing', async (_, message) => {
    const { socket, answers } = await raw();
    socket.send(message);
    await eventually(() => answers.length === 1);
    expect(answers[0]).toMatchObject({ error: { message: expect.any(String), data: { refusal: { code: expect.any(String) } } } });
    expect(JSON.stringify(answers)).not.toContain('stack');
    socket.send('{"id":2,"method":"query","params":{"path":"rabbits.count"}}');
    await eventually(() => answers.length === 2);
    expect(answers[1]).toMatchObject({ id: 2, result: { data: { rabbits: 2 } } });
  });

  test('a message over the limit closes that socket only', async () => {
    const { socket, url } = await raw();
    const other = follow(connect(url).client);
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(100_000));
    expect(await closed).toBe(1009);
    await eventually(() => other.frames === 1);
  });
});

describe('the encoder', () => {
  test('leaves everything else as the stock one has it', () => {
    const messages = [
      { id: 1, result: { type: 'data', data: { a: [1, null, 'ü'] } } },
      { id: null, method: 'reconnect' },
      { id: 'x', jsonrpc: '2.0', error: { code: -32600, message: 'no', data: {} } },
      { id: 2, result: { type: 'stopped' } },
    ];
    for (const message of messages) expect(attachingEncoder.encode(message)).toBe(jsonEncoder.encode(message));
    expect(attachingEncoder.decode('{"a":1}')).toEqual(jsonEncoder.decode('{"a":1}'));
    expect(() => attachingEncoder.decode(new Uint8Array(1))).toThrow();
  });

  test.each([
    { id: 7, jsonrpc: undefined },
    { id: 'seven "7"', jsonrpc: '2.0' as const },
  ])('a prebuilt frame is what tRPC would write for a tracked stretch (%o)', (request) => {
    const stretch = { from: 3, to: 9, events: [{ text: 'a "b" ü' }, { text: null }] };
    const [id, data] = tracked('9', stretch);
    const stock = { ...request, result: { type: 'data', data: { id, data }, id } };
    const built = frame(request, { from: 3, to: 9, texts: stretch.events.map((event) => JSON.stringify(event)) });
    expect(JSON.parse(built)).toEqual(JSON.parse(JSON.stringify(stock)));
  });
});

test('an error that reaches the client is a TRPCClientError with the refusal in it', async () => {
  const { url } = await serveSockets(scene());
  const problem: unknown = await connect(url)
    .client.rabbits.update.mutate({ id: 'x' })
    .catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(TRPCClientError);
  expect(problem).toMatchObject({
    message: 'The input is not valid',
    data: { httpStatus: 400, refusal: { code: 'VALIDATION_ERROR', fields: [{ field: 'id' }] } },
  });
});
