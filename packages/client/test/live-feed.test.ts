import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createClient, type LiveFeed, type LiveItem, type LiveOptions } from '../src/client.ts';
import { LiveFeed as Feed } from '../src/live-feed.ts';
import { type Answer, cutStream, refusal, scriptedServer, stream } from './scripted-server.ts';

/** Reads so many items, then leaves. */
async function take(feed: LiveFeed, count: number): Promise<(number | Extract<LiveItem, { kind: 'reload' }>)[]> {
  const items: (number | Extract<LiveItem, { kind: 'reload' }>)[] = [];
  for await (const item of feed) {
    items.push(item.kind === 'event' ? item.event.position : item);
    if (items.length === count) break;
  }
  return items;
}

async function following(answers: readonly Answer[], options: LiveOptions = {}, head = 0) {
  const server = await scriptedServer(answers, head);
  return { server, feed: createClient({ url: server.url, token: 'secret' }).live(options) };
}

describe('AUD-21 the live feed as an iterator', () => {
  test('asks with the filter and the token, from the position after which to begin', async () => {
    const { server, feed } = await following([stream([4, [5, 7], 9])], { after: 4, area: ['timecards'], text: 'late' });
    expect(await take(feed, 2)).toEqual([5, 7]);
    expect(server.asked).toEqual([{ lastEventId: '4', input: { area: ['timecards'], text: 'late' }, authorization: 'Bearer secret' }]);
  });

  test('begins at the end of the log unless told, and holds that place though the line is cut before anything came', async () => {
    const { server, feed } = await following([cutStream(), stream([41, [42], 42])], {}, 41);
    expect(await take(feed, 1)).toEqual([42]);
    expect(server.asked.map(({ lastEventId }) => lastEventId)).toEqual(['41', '41']);
  });

  test('goes on after a cut line from where it was, each event once, in order', async () => {
    const script = [cutStream([0, [1, 2], 3]), cutStream([3, [], 6]), stream([6, [7, 9], 9], [9, [10], 10])];
    const problems: string[] = [];
    const { server, feed } = await following(script, { after: 0, onInterruption: ({ problem }) => problems.push(problem.message) });
    expect(await take(feed, 5)).toEqual([1, 2, 7, 9, 10]);
    expect(server.asked.map(({ lastEventId }) => lastEventId)).toEqual(['0', '3', '6']);
    expect(problems).toHaveLength(2);
  });

  test('leaves out what it has brought already, and never goes on over a gap', async () => {
    const { server, feed } = await following([stream([0, [1, 2], 2], [0, [1, 2, 3], 3], [8, [9], 9]), stream([3, [4], 4])], { after: 0 });
    expect(await take(feed, 4)).toEqual([1, 2, 3, 4]);
    expect(server.asked.map(({ lastEventId }) => lastEventId)).toEqual(['0', '3']);
  });

  test('its position is that of the item in hand, and moves on over what is not shown', async () => {
    const { feed } = await following([stream([0, [2, 3], 8], [8, [9], 9])], { after: 0 });
    expect(feed.position).toBe(0);
    await feed.next();
    expect(feed.position).toBe(2);
    await feed.next();
    expect(feed.position).toBe(3);
    const next = feed.next();
    await next;
    expect(feed.position).toBe(9);
    await feed.return();
  });

  test('says so when the server no longer replays from so far back, and goes on from the end of the log', async () => {
    const inStream: Answer = async (response, asked) => {
      await stream([500, [501], 501])(response, asked);
      response.end(
        `event: serialized-error\ndata: ${JSON.stringify({ message: 'reload', data: { httpStatus: 412, refusal: null } })}\n\n\n`,
      );
    };
    const { server, feed } = await following([refusal(412, 'reload'), inStream, stream([500, [502], 502])], { after: 3 }, 500);
    expect(await take(feed, 4)).toEqual([
      { kind: 'reload', after: 3, position: 500 },
      501,
      { kind: 'reload', after: 501, position: 500 },
      502,
    ]);
    expect(server.asked.map(({ lastEventId }) => lastEventId)).toEqual(['3', '500', '500']);
  });

  test.each([
    [401, 'UNAUTHORIZED', 'sign in, and pass the new token'],
    [403, 'FORBIDDEN', 'No: Ask somebody.'],
    [400, 'VALIDATION_ERROR', 'No: Ask somebody.'],
    [431, 'VALIDATION_ERROR', 'name fewer values'],
    [404, 'NOT_COUNTERSIGN', 'check the url'],
  ])('throws at status %i, which trying again would not mend, and says what to do', async (status, code, advice) => {
    const refused = status === 404 ? null : { code, details: 'Ask somebody.', fields: [], conflicts: [] };
    const { server, feed } = await following([refusal(status, 'No', refused)], { after: 0 });
    await expect(feed.next()).rejects.toMatchObject({ name: 'LiveError', code, message: expect.stringContaining(advice) });
    expect(server.asked).toHaveLength(1);
    expect(await feed.next()).toEqual({ done: true, value: undefined });
  });

  test('throws where something else answers at the address, unless Countersign did so before', async () => {
    const proxy: Answer = (response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
    await expect((await following([proxy], { after: 0 })).feed.next()).rejects.toMatchObject({ code: 'NOT_COUNTERSIGN' });
    const { feed } = await following([cutStream([0, [1], 1]), proxy, stream([1, [2], 2])], { after: 0 });
    expect(await take(feed, 2)).toEqual([1, 2]);
  });

  test('a malformed position is refused before anything is sent', () => {
    for (const after of [-1, 0.5, Number.NaN])
      expect(() => createClient({ url: 'http://localhost' }).live({ after })).toThrow('after must be');
  });

  test('a line on which nothing is heard, though nobody closed it, is given up', async () => {
    let answered = true;
    // By where they go on: where the machine stands still for a moment, one more line may count as dead.
    const server = await scriptedServer([
      (response, asked) => {
        if (asked.lastEventId === '0') return stream([0, [1], 1])(response, asked);
        if (!answered) return stream([1, [2], 2])(response, asked);
        answered = false;
      },
    ]);
    const problems: string[] = [];
    const feed = new Feed(
      { origin: server.url, headers: {}, silence: 60 },
      { after: 0, onInterruption: ({ problem }) => problems.push(problem.message) },
    );
    expect(await take(feed, 2)).toEqual([1, 2]);
    // One that went silent, and one that was never answered.
    expect(problems.length).toBeGreaterThanOrEqual(2);
    expect(new Set(problems)).toEqual(new Set(['nothing was heard for 0.06 seconds']));
  });

  test('time that the reader spends on an event is no silence of the line', async () => {
    const server = await scriptedServer([stream([0, [1], 1], [1, [2], 2])]);
    const feed = new Feed({ origin: server.url, headers: {}, silence: 60 }, { after: 0 });
    // Of the line and the machine themselves however much time is needed is no time at all here.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await feed.next();
    await vi.advanceTimersByTimeAsync(200);
    expect(await take(feed, 1)).toEqual([2]);
    expect(server.asked).toHaveLength(1);
  });
});

describe('the end of a live feed', () => {
  const closed = async (server: { connections(): Promise<number> }) => expect.poll(() => server.connections()).toBe(0);

  test('leaving the loop closes the connection', async () => {
    const { server, feed } = await following([stream([0, [1], 1])], { after: 0 });
    await take(feed, 1);
    await closed(server);
  });

  test('return() ends it while somebody waits for the next event', async () => {
    const { server, feed } = await following([stream()], { after: 0 });
    const waiting = feed.next();
    await expect.poll(() => server.asked.length).toBe(1);
    await feed.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await closed(server);
  });

  test('the signal ends the loop, during a connection and during a pause', async () => {
    for (const script of [[stream()], [refusal(503, 'starting')]]) {
      const end = new AbortController();
      const { server, feed } = await following(script, { after: 0, signal: end.signal });
      const reading = take(feed, 1);
      await expect.poll(() => server.asked.length).toBeGreaterThan(0);
      end.abort();
      expect(await reading).toEqual([]);
      await closed(server);
    }
  });

  test('one whose signal has spoken already asks nothing', async () => {
    const { server, feed } = await following([stream([0, [1], 1])], { after: 0, signal: AbortSignal.abort() });
    expect(await take(feed, 1)).toEqual([]);
    expect(server.asked).toEqual([]);
  });
});
