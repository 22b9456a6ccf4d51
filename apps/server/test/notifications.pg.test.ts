import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient, type RouterOutputs } from '@countersign/client';
import { eventually } from '@countersign/testing/eventually';
import { type House, house } from './house.ts';

let home: House;
let site: string;
beforeAll(async () => {
  home = await house();
  site = await home.site();
});
afterAll(() => home.close());

type Notice = RouterOutputs['notifications']['list']['data'][number];

async function client(person: { email: string }) {
  const made = createClient({ url: home.url, token: await home.token(person.email) });
  onTestFinished(made.close);
  return made.trpc;
}
type Trpc = Awaited<ReturnType<typeof client>>;

function follow(trpc: Trpc) {
  const seen = { notices: [] as Notice[], unread: null as number | null };
  trpc.notifications.live.subscribe(undefined, {
    onData: ({ data }) => {
      seen.notices.push(...(data.notifications as Notice[]));
      seen.unread = data.unread;
    },
  });
  return seen;
}

/** A submitted card of the worker's. */
async function submittedCard(worker: Trpc, person: string, day: string) {
  const times = { checkInTime: `${day}T08:00:00+01:00`, checkOutTime: `${day}T16:00:00+01:00` };
  const card = await worker.timecards.create.mutate({ person, site, periodStart: day, periodEnd: day, ...times });
  return worker.timecards.submit.mutate({ id: card.id, version: card.version });
}

describe('TC-13: notices of a running server', () => {
  test('TC-13: a decision reaches the owner’s open page at once, and the list; reading it reaches their other pages', async () => {
    const [owner, manager] = [await home.person('worker'), await home.person('manager')];
    const [phone, desk, boss] = [await client(owner), await client(owner), await client(manager)];
    const [onPhone, onDesk] = [follow(phone), follow(desk)];
    await eventually(() => onPhone.unread === 0 && onDesk.unread === 0);
    const card = await submittedCard(phone, owner.id, '2026-11-03');
    await boss.timecards.reject.mutate({ id: card.id, version: card.version, reason: 'the gate log says otherwise' });
    await eventually(() => onPhone.notices.length === 1 && onDesk.notices.length === 1);
    const { data, unread } = await phone.notifications.list.query();
    expect([data, unread]).toEqual([onPhone.notices, 1]);
    expect(data[0]?.actor?.id).toBe(manager.id);
    await phone.notifications.readAll.mutate({ upTo: 1 });
    await eventually(() => onDesk.unread === 0);
    expect(onDesk.notices).toHaveLength(1);
  });

  test('TC-13: what was told while nobody looked is told on coming back', async () => {
    const [owner, manager] = [await home.person('worker'), await home.person('manager')];
    const [mine, boss] = [await client(owner), await client(manager)];
    for (const day of ['2026-11-03', '2026-11-04']) {
      const card = await submittedCard(mine, owner.id, day);
      await boss.timecards.approve.mutate({ id: card.id, version: card.version });
    }
    const numbers: number[] = [];
    mine.notifications.live.subscribe(
      { lastEventId: '1' },
      {
        onData: ({ data }) => void numbers.push(...data.notifications.map(({ number }) => number)),
      },
    );
    await eventually(() => numbers.length === 1);
    expect(numbers).toEqual([2]);
  });

  test('over REST: the list, and the preferences', async () => {
    const owner = await home.person('worker');
    const headers = { authorization: `Bearer ${await home.token(owner.email)}`, 'content-type': 'application/json' };
    const list = await fetch(`${home.url}/api/notifications?unread=true`, { headers });
    expect(await list.json()).toEqual({ data: [], unread: 0, next: null });
    const change = { method: 'PATCH', headers, body: JSON.stringify({ turned_off: ['hours_changed'] }) };
    expect((await fetch(`${home.url}/api/notifications/preferences`, change)).status).toBe(400);
    expect((await fetch(`${home.url}/api/messages`, { headers })).status).toBe(403);
  });
});
