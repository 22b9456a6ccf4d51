import { describe, expect, test } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { connect, serveSockets, type ToyClient, upTo } from './sockets.ts';
import { scene, somebody } from './warren.ts';

const PEOPLE = { ann: somebody('worker', 'ann'), ben: somebody('worker', 'ben') };

function follow(client: ToyClient, input?: { lastEventId: string }) {
  const seen = { numbers: [] as number[], unread: [] as number[], ids: [] as string[], errors: [] as unknown[] };
  const { unsubscribe } = client.notifications.live.subscribe(input, {
    onData: ({ id, data }) => {
      seen.ids.push(id);
      seen.unread.push(data.unread);
      seen.numbers.push(...data.notifications.map(({ number }) => number));
    },
    onError: (error) => seen.errors.push(error),
  });
  return Object.assign(seen, { unsubscribe });
}

describe('TC-13: notices, live', () => {
  test('TC-13: begin with what is unread, then each notice of one’s own once, and nobody else’s', async () => {
    const { hutch, context } = scene();
    hutch.tell('ann', 2);
    const { url } = await serveSockets({ context }, PEOPLE);
    const ann = follow(connect(url, 'ann').client);
    const ben = follow(connect(url, 'ben').client);
    await eventually(() => ann.unread.length === 1 && ben.unread.length === 1);
    expect([ann.unread, ann.ids, ben.unread]).toEqual([[2], ['2'], [0]]);
    hutch.tell('ann');
    hutch.tell('ann');
    hutch.tell('ben');
    await eventually(() => ann.numbers.length === 2 && ben.numbers.length === 1);
    expect(ann.numbers).toEqual([3, 4]);
    expect(ann.unread.at(-1)).toBe(4);
  });

  test('TC-13: after a cut they go on where they were, however much was told meanwhile', async () => {
    const { hutch, context } = scene();
    const { url, terminate } = await serveSockets({ context }, PEOPLE);
    const ann = follow(connect(url, 'ann').client);
    await eventually(() => ann.unread.length === 1);
    for (let round = 0; round < 5; round++) {
      hutch.tell('ann', 3);
      await eventually(() => ann.numbers.includes(round * 63 + 1));
      terminate();
      hutch.tell('ann', 60);
    }
    await eventually(() => ann.numbers.length === 315);
    expect(ann.numbers).toEqual(upTo(315));
    expect(ann.errors).toEqual([]);
  });

  test('what was read elsewhere is told, without a notice', async () => {
    const { hutch, context } = scene();
    hutch.tell('ann', 3);
    const { url } = await serveSockets({ context }, PEOPLE);
    const ann = follow(connect(url, 'ann').client);
    await eventually(() => ann.unread.length === 1);
    hutch.told[0] = { ...(hutch.told[0] as (typeof hutch.told)[number]), readAt: '2026-11-03T09:00:00Z' };
    hutch.reads++;
    hutch.inboxes.look();
    await eventually(() => ann.unread.at(-1) === 2);
    expect(ann.numbers).toEqual([]);
  });

  test('one look serves all who follow, and a burst of wake-ups costs a few', async () => {
    const { hutch, context } = scene();
    const { url } = await serveSockets({ context }, PEOPLE);
    const { client } = connect(url, 'ann');
    const pages = Array.from({ length: 5 }, () => follow(client));
    await eventually(() => pages.every(({ unread }) => unread.length === 1));
    const before = hutch.looks;
    for (let n = 0; n < 1_000; n++) hutch.tell('ann');
    await eventually(() => pages.every(({ numbers }) => numbers.length === 1_000));
    expect(hutch.looks - before).toBeLessThan(20);
  });

  test('who stopped following costs no further look, and an id that was never sent is refused or passed over', async () => {
    const { hutch, context } = scene();
    const { url } = await serveSockets({ context }, PEOPLE);
    const ann = follow(connect(url, 'ann').client, { lastEventId: '900' });
    const wrong = follow(connect(url, 'ann').client, { lastEventId: 'x' });
    await eventually(() => ann.unread.length === 1 && wrong.errors.length === 1);
    expect(ann.ids).toEqual(['0']);
    expect(wrong.errors[0]).toMatchObject({ data: { code: 'BAD_REQUEST' } });
    ann.unsubscribe();
    await eventually(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5)); // a look that was under way ends
      const before = hutch.looks;
      hutch.inboxes.look();
      return hutch.looks === before;
    });
  });

  test('without signing in nothing is told', async () => {
    const { context } = scene();
    const { url } = await serveSockets({ context }, { nobody: null });
    const nobody = follow(connect(url, 'nobody').client);
    await eventually(() => nobody.errors.length === 1);
    expect(nobody.errors[0]).toMatchObject({ data: { code: 'UNAUTHORIZED' } });
  });
});
