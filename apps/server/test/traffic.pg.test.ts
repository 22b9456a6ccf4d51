import { afterEach, describe, expect, test } from 'vitest';
import { createClient, type EventView } from '@countersign/client';
import { dayFields } from '@countersign/domain/timecards/times.rules';
import { eventually } from '@countersign/testing/eventually';
import { chanceOf } from '../src/demo/chance.ts';
import { Meter } from '../src/demo/traffic/meter.ts';
import { Traffic, type TrafficOptions, type TrafficState } from '../src/demo/traffic/traffic.ts';
import { type Standing, turnWith } from '../src/demo/traffic/turn.ts';
import { house, type House, type HouseOptions } from './house.ts';

let here: House;
let traffic: Traffic | null;
let problems: unknown[];

afterEach(async () => {
  await traffic?.stop();
  await here.close();
});

/** A server whose demonstration offers traffic. */
async function open(options: Partial<TrafficOptions> = {}, more: HouseOptions = {}): Promise<void> {
  traffic = null;
  problems = [];
  here = await house({
    traffic: ({ services }) =>
      (traffic = new Traffic({
        runtime: services,
        watchers: (keys) => services.lanes.watchers(keys),
        report: (problem) => problems.push(problem),
        ...options,
      })),
    ...more,
  });
}

const signedIn = async (role: 'admin' | 'manager') => here.token((await here.person(role)).email);

async function ask(token: string, rate?: number): Promise<{ status: number; body: TrafficState & { code?: string } }> {
  const answer = await fetch(`${here.url}/api/demo/traffic`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(rate !== undefined && { method: 'POST', body: JSON.stringify({ rate }) }),
  });
  return { status: answer.status, body: (await answer.json()) as TrafficState };
}

const made = async () => (await here.sql<{ n: number }>('select count(*)::int as n from timecard_headers'))[0]?.n;

describe('traffic in a demonstration', () => {
  test('comes from people of its own, through the real commands, as events like any other; cards stay as many', async () => {
    await open();
    const token = await signedIn('admin');
    const events: EventView[] = [];
    const feed = createClient({ url: here.url, token }).live({ area: 'timecards' });
    const reading = (async () => {
      for await (const item of feed) if (item.kind === 'event') events.push(item.event);
    })();
    expect((await ask(token, 60)).body).toMatchObject({ wanted: 60, ended: null });
    expect(await made()).toBe(32);
    await eventually(() => events.length > 250, { timeout: 90_000 });
    // The second under way isn't counted.
    await eventually(async () => ((await ask(token)).body.actual ?? 0) > 0);
    await ask(token, 0);
    await traffic?.stop();
    const done = traffic?.state.done;
    expect(await made()).toBe(32);
    expect(problems).toEqual([]);
    const edits = events.filter(({ action }) => action !== 'timecard_created');
    expect(new Set(edits.map(({ actor }) => actor.name)).size).toBeGreaterThan(8);
    expect(new Set(edits.map(({ action }) => action))).toContain('user_edit');
    expect(edits.every(({ changeId, channel }) => changeId !== '' && channel === 'web')).toBe(true);
    // Each is one change set, and each that was counted is in the log.
    await here.system.trail.sequencer.settle(5_000);
    const [sets] = await here.sql<{ n: number }>(
      `select count(distinct change_id)::int as n from audit_event where area = 'timecards' and action <> 'timecard_created'`,
    );
    expect(sets?.n).toBe(done);
    await feed.return();
    await reading;
    // Switched on again it goes on with the same people and cards.
    await ask(token, 20);
    await eventually(() => (traffic?.state.done ?? 0) > 5, { timeout: 45_000 });
    expect(await made()).toBe(32);
  });

  test('nobody of them can sign in', async () => {
    await open();
    await ask(await signedIn('admin'), 1);
    const rows = await here.sql(`select from credentials c join profiles u on u.id = c.user_id where u.email like '%@traffic.example.com'`);
    expect(rows).toEqual([]);
  });

  test('a visitor who is faster, or deletes a card, costs that edit and no more', async () => {
    await open();
    const token = await signedIn('admin');
    await ask(token, 30);
    await eventually(() => (traffic?.state.done ?? 0) > 10, { timeout: 45_000 });
    await here.sql('update timecard_headers set version = version + 7');
    await here.sql(`delete from timecard_headers where id in (select id from timecard_headers limit 5)`);
    const before = traffic?.state.done ?? 0;
    await eventually(() => (traffic?.state.done ?? 0) > before + 60, { timeout: 90_000 });
    expect(problems).toEqual([]);
  });

  test('ends by itself when nobody has looked for a while, and not while somebody follows', async () => {
    await open({ patience: 400 });
    const token = await signedIn('admin');
    const feed = createClient({ url: here.url, token }).live();
    const reading = (async () => {
      for await (const _ of feed);
    })();
    await eventually(() => here.system.services.lanes.subscribers === 1);
    await ask(token, 5);
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect((await ask(token)).body.wanted).toBe(5);
    await feed.return();
    await reading;
    // Who asks is somebody who looks: more seldom than that.
    await eventually(async () => expect((await ask(token)).body).toMatchObject({ wanted: 0, ended: 'unwatched' }), { interval: 900 });
  });

  test('ends by itself when it has made as many edits as one start may', async () => {
    await open({ enough: 12 });
    const token = await signedIn('admin');
    await ask(token, 100);
    await eventually(async () => (await ask(token)).body.ended === 'enough', { timeout: 45_000 });
    expect((await ask(token)).body.done).toBeLessThan(12 + 8);
    expect((await ask(token, 1)).body).toMatchObject({ wanted: 1, ended: null, done: 0 });
  });

  test('is an admin’s affair, between 0 and 200, in a demonstration that is complete', async () => {
    await open();
    const admin = await signedIn('admin');
    expect((await ask(admin, 201)).status).toBe(400);
    expect((await ask(admin, 0.5)).status).toBe(400);
    const manager = await signedIn('manager');
    expect((await ask(manager, 1)).status).toBe(403);
    expect((await ask(manager)).status).toBe(403);
    expect((await ask('nobodys', 1)).status).toBe(401);
    expect(await made()).toBe(0);
  });

  test('is refused where there is no demonstration, and while one is being written', async () => {
    await open();
    await here.close();
    here = await house();
    expect(await ask(await signedIn('admin'), 1)).toMatchObject({ status: 404 });
    await here.close();
    here = await house({ traffic: () => 'being written' });
    expect(await ask(await signedIn('admin'), 1)).toMatchObject({ status: 409 });
  });
});

describe('the next turn with a card', () => {
  const viewer = (id: string) => ({ id }) as Parameters<typeof turnWith>[1]['owner'];
  const crew = { decider: viewer('decider'), corrector: viewer('corrector') };
  const entries = [
    { workDate: '2026-09-21', dailyCheckIn: '2026-09-21T06:00:00.000Z', dailyCheckOut: '2026-09-21T14:40:00.000Z', dailyBreakStart: null },
  ];
  const turns = (card: Pick<Standing, 'status' | 'editedAfterApproval'> & Partial<Standing>, approvable: boolean) => {
    const chance = chanceOf('turns');
    const standing = { id: 'card', version: 1, entries, fieldsToMend: [], ...card };
    return Array.from({ length: 300 }, () => turnWith(standing, { owner: viewer('owner'), crew, approvable, chance }));
  };
  const kinds = (made: ReturnType<typeof turns>) => new Set(made.map(({ actor, work }) => `${actor.id} ${work.command}`));

  test('is its owner’s until it is submitted, then the decider’s, and the corrector’s once it is approved', () => {
    expect(kinds(turns({ status: 'draft', editedAfterApproval: false }, true))).toEqual(new Set(['owner update', 'owner submit']));
    expect(kinds(turns({ status: 'rejected', editedAfterApproval: false }, true))).toEqual(new Set(['owner update', 'owner submit']));
    expect(kinds(turns({ status: 'submitted', editedAfterApproval: false }, true))).toEqual(new Set(['decider approve', 'decider reject']));
    expect(kinds(turns({ status: 'submitted', editedAfterApproval: false }, false))).toEqual(new Set(['decider reject']));
    expect(kinds(turns({ status: 'approved', editedAfterApproval: false }, true))).toEqual(new Set(['corrector update']));
    expect(kinds(turns({ status: 'approved', editedAfterApproval: true }, true))).toEqual(new Set(['corrector update', 'decider approve']));
  });

  test('TC-11: a rejection mends the time that was wrong or names it, and then its owner writes nothing else', () => {
    const rejections = turns({ status: 'submitted', editedAfterApproval: false }, false).map(({ work }) => work.input);
    const named = rejections.flatMap((input) => ('fieldsToMend' in input && input.fieldsToMend ? input.fieldsToMend : []));
    expect(rejections.filter((input) => 'entries' in input === 'fieldsToMend' in input)).toEqual([]);
    const { checkIn, checkOut } = dayFields('2026-09-21');
    expect(new Set(named)).toEqual(new Set([checkIn, checkOut]));
    const mended = turns({ status: 'rejected', editedAfterApproval: false, fieldsToMend: [checkOut] }, true);
    const written = mended.flatMap(({ work }) => (work.command === 'update' ? (work.input.entries ?? []) : []));
    const times = written.flatMap((entry) => Object.entries(entry).flatMap(([name, time]) => (time === undefined ? [] : [name])));
    expect(new Set(times)).toEqual(new Set(['workDate', 'dailyCheckOut']));
    // What it named isn't there any more: nothing is left to be mended.
    const gone = turns({ status: 'rejected', editedAfterApproval: false, fieldsToMend: [dayFields('2026-09-22').checkOut] }, true);
    expect(kinds(gone)).toEqual(new Set(['owner submit']));
  });

  test('TC-10: whoever changes what isn’t theirs says why', () => {
    const foreign = turns({ status: 'approved', editedAfterApproval: false }, true);
    expect(foreign.every(({ work }) => 'reason' in work.input && work.input.reason)).toBe(true);
  });
});

test('a rate is that of the last whole seconds', () => {
  let now = 0;
  const meter = new Meter(() => now);
  expect(meter.rate).toBe(0);
  for (; now < 4_000; now += 100) meter.count();
  expect(meter.rate).toBe(10);
  for (; now < 20_000; now += 50) meter.count();
  expect(meter.rate).toBe(20);
  now += 10_000;
  expect(meter.rate).toBe(0);
});
