import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { user, withContext } from '@countersign/audit/context';
import type { Role } from '@countersign/domain/people/rights/permissions';
import { Responsibility } from '@countersign/domain/people/responsibility';
import { Setting } from '@countersign/domain/people/rights/settings';
import { Site } from '@countersign/domain/people/site';
import { User } from '@countersign/domain/people/user';
import { eventually } from '@countersign/testing/eventually';
import { type House, house } from './house.ts';
import { revokeToken } from '@countersign/domain/people/token/token.commands';
import { loadViewer } from '@countersign/domain/people/viewer';
import { beginSession, beginToken, ListeningSocket } from './listening-socket.ts';

// F14: what ends an open socket, and that nothing passes it afterwards. How late anything is delivered is told, and not
// asserted: that would be a claim about the machine.

/** `npm run trials -- open-sockets` has more. A person has 100 sockets at most, a session or token 30: of more, there are several people. */
const SOCKETS = Number(process.env['OPEN_SOCKETS'] ?? 50);
const OF_ONE = 50;
const SESSIONS = 5;
/** The rule's own bound: milliseconds after which nothing may come any more. */
const AT_ONCE = 1_000;

let home: House;
let admin: string;

beforeAll(async () => {
  home = await house();
  admin = (await home.person('admin', 'Ada')).id;
});
afterAll(() => home.close());

const asAdmin = <Result>(work: (em: ReturnType<House['system']['orm']['em']['fork']>) => Promise<Result>) =>
  withContext({ actor: user(admin), channel: 'web' }, () => work(home.system.orm.em.fork()));

/** How somebody comes to have a socket open. */
type Begin = (house: House, person: string) => Promise<string>;

/** Somebody with sockets open by several sessions or tokens, each of which has been told where the feed is. */
async function listening(role: Role, count = OF_ONE, begin: Begin = beginSession) {
  const { id } = await home.person(role);
  const tokens = await Promise.all(Array.from({ length: SESSIONS }, () => begin(home, id)));
  const sockets = Array.from({ length: count }, (_, n) => new ListeningSocket(home.url, tokens[n % SESSIONS] as string));
  onTestFinished(() => sockets.forEach((socket) => socket.end()));
  await eventually(() => sockets.every(({ to }) => to !== null), { timeout: 30_000 });
  return { id, tokens, sockets };
}

const makeSite = () =>
  asAdmin(async (em) => {
    const site = em.create(Site, { name: `Hall ${crypto.randomUUID()}`, timeZone: 'UTC' });
    await em.flush();
    return site;
  });

/** Makes events all the time, until it is stopped; what a socket's holder might see. */
function writing(make: () => Promise<unknown> = makeSite): () => Promise<void> {
  let going = true;
  const work = (async () => {
    while (going) {
      await make();
      await sleep(4);
    }
  })();
  return async () => {
    going = false;
    await work;
  };
}

const head = () => home.system.trail.log.head();

/** The position of the newest event of this kind about somebody. */
async function positionOf(action: string, subject: string): Promise<number> {
  await home.system.trail.log.settle();
  const rows = await home.sql<{ position: string }>(
    'select max(position) as position from audit_event where action = $1 and subject_id = $2',
    [action, subject],
  );
  return Number(rows[0]?.position);
}

/** One after the other: what is begun takes its time. */
async function inTurn<Made>(count: number, make: () => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  while (made.length < count) made.push(await make());
  return made;
}

const middle = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] as number;

interface Trigger {
  readonly name: string;
  readonly code: number;
  /** Sessions, unless said. */
  readonly by?: Begin;
  /** Pulls it, and resolves with when it was committed and from which position on nothing may be delivered. */
  readonly pull: (who: {
    readonly id: string;
    readonly tokens: readonly string[];
  }) => Promise<{ at: number; position: () => Promise<number> }>;
}

const signOut = (token: string, how: string) =>
  fetch(`${home.url}/api/auth/${how}`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });

/** Those that are found by looking: of what is on its way within the second that the rule gives, nothing is said. */
const BY_TIME = new Set(['expiry', 'expiry of tokens', 'revocation of each token']);

const TRIGGERS: readonly Trigger[] = [
  {
    name: 'sign-out of each session',
    code: 4003,
    pull: async ({ id, tokens }) => {
      await Promise.all(tokens.map((token) => signOut(token, 'sign-out')));
      return { at: performance.now(), position: () => positionOf('signed_out', id) };
    },
  },
  {
    name: 'sign-out everywhere',
    code: 4003,
    pull: async ({ id, tokens }) => {
      await signOut(tokens[0] as string, 'sign-out-everywhere');
      return { at: performance.now(), position: () => positionOf('signed_out_everywhere', id) };
    },
  },
  {
    name: 'expiry',
    code: 4003,
    pull: async ({ id }) => {
      const soon = 300;
      const at = performance.now() + soon;
      await home.sql('update sessions set expires_at = $2 where user_id = $1', [id, new Date(Date.now() + soon)]);
      // Time is no event: from what the log holds a second afterwards on, nothing may come.
      await sleep(soon + AT_ONCE);
      const position = await head();
      return { at, position: async () => position };
    },
  },
  {
    name: 'revocation of each token',
    code: 4003,
    by: beginToken,
    pull: async ({ id }) => {
      const viewer = await loadViewer(home.system.orm.em, id);
      if (!viewer) throw new Error('there is nobody whose tokens they are');
      const tokens = await home.sql<{ id: string }>('select id from api_tokens where user_id = $1', [id]);
      await withContext({ actor: user(id), channel: 'web' }, () =>
        Promise.all(tokens.map((token) => revokeToken.run(token, { em: home.system.orm.em.fork(), viewer, log: null as never }))),
      );
      // A token is found to be gone by a look, not at its event's place: how soon is told, that it ends them for good is asserted.
      return { at: performance.now(), position: head };
    },
  },
  {
    name: 'expiry of tokens',
    code: 4003,
    by: beginToken,
    pull: async ({ id }) => {
      const soon = 300;
      const at = performance.now() + soon;
      await home.sql('update api_tokens set expires_at = $2 where user_id = $1', [id, new Date(Date.now() + soon)]);
      return { at, position: head };
    },
  },
  {
    name: 'disabling',
    code: 4003,
    pull: async ({ id }) => {
      await asAdmin(async (em) => {
        (await em.findOneOrFail(User, { id })).disabledAt = new Date();
        await em.flush();
      });
      return { at: performance.now(), position: () => positionOf('user_deactivated', id) };
    },
  },
  {
    name: 'loss of role',
    code: 4001,
    pull: async ({ id }) => {
      await asAdmin(async (em) => {
        (await em.findOneOrFail(User, { id })).role = 'worker';
        await em.flush();
      });
      return { at: performance.now(), position: () => positionOf('user_role_changed', id) };
    },
  },
];

describe('AUD-22, AC-5: what ends an open socket', () => {
  test.each(TRIGGERS)('$name: nothing that follows it in the log is delivered', async ({ name, code, by, pull }) => {
    const people = await inTurn(Math.ceil(SOCKETS / OF_ONE), () => listening('manager', OF_ONE, by));
    const stop = writing();
    await eventually(() => people.every(({ sockets }) => sockets.every(({ delivered }) => delivered.length > 5)), { timeout: 60_000 });
    const pulled = await Promise.all(people.map(async (one) => ({ ...one, ...(await pull(one)) })));
    await eventually(() => people.every(({ sockets }) => sockets.every(({ closed }) => closed)), { timeout: 60_000 });
    const lasts = await Promise.all(pulled.map(({ position }) => position()));
    // What came too late would come now.
    const until = (await head()) + 20;
    await eventually(async () => (await head()) >= until, { timeout: 30_000 });
    await stop();

    const late = pulled.flatMap(({ sockets, at }) => sockets.flatMap((socket) => socket.delivered.map((one) => one.at - at)));
    const closing = pulled.flatMap(({ sockets, at }) => sockets.map(({ closed }) => (closed?.at ?? Infinity) - at));
    const after = late.filter((lateness) => lateness > 0);
    process.stdout.write(
      `${name}: ${late.length} events to ${people.length * OF_ONE} sockets; delivered after the trigger ${after.length}, the latest after ${Math.round(Math.max(0, ...after))} ms; closed after ${Math.round(middle(closing))} ms (median), ${Math.round(Math.max(...closing))} ms (maximum)\n`,
    );
    for (const [n, { sockets }] of pulled.entries()) {
      const last = lasts[n] as number;
      const positions = sockets.flatMap(({ delivered }) => delivered.map((one) => one.position));
      expect(sockets.map((socket) => socket.closed?.code)).toEqual(sockets.map(() => code));
      expect(last).toBeGreaterThan(0);
      expect(positions.filter((position) => position >= last && !BY_TIME.has(name))).toEqual([]);
      expect(positions.filter((position) => position > last)).toEqual([]);
    }
  });

  test('a revoked assignment’s events stop at its position: all before it, none from it on', async () => {
    const worker = await home.person('worker');
    const { id, sockets } = await listening('supervisor');
    const assigned = await asAdmin(async (em) => {
      const made = em.create(Responsibility, { holder: id, kind: 'supervises', person: worker.id, site: null });
      await em.flush();
      return made.id;
    });
    // The assignment itself changed the rights of whoever listened: they connect again.
    await eventually(() => sockets.every(({ closed }) => closed?.code === 4001), { timeout: 30_000 });
    const token = await beginSession(home, id);
    const again = Array.from({ length: 20 }, () => new ListeningSocket(home.url, token));
    onTestFinished(() => again.forEach((socket) => socket.end()));
    await eventually(() => again.every(({ to }) => to !== null), { timeout: 30_000 });
    const begin = Math.max(...again.map(({ to }) => to as number));
    let level = 1;
    const stop = writing(() =>
      asAdmin(async (em) => {
        // An event about the worker, of a kind that changes nobody's rights.
        (await em.findOneOrFail(User, { id: worker.id })).timeZone = (level += 1) % 2 ? 'UTC' : 'Europe/Berlin';
        await em.flush();
      }),
    );
    await eventually(() => again.every(({ delivered }) => delivered.length > 5), { timeout: 30_000 });
    await asAdmin(async (em) => {
      em.remove(await em.findOneOrFail(Responsibility, { id: assigned }));
      await em.flush();
    });
    await eventually(() => again.every(({ closed }) => closed?.code === 4001), { timeout: 30_000 });
    const revoked = await positionOf('responsibility_ended', id);
    const until = revoked + 20;
    await eventually(async () => (await head()) >= until, { timeout: 30_000 });
    await stop();
    const rows = await home.sql<{ position: string }>(
      'select position from audit_event where subject_id = $1 and position > $2 and position < $3 order by position',
      [worker.id, begin, revoked],
    );
    const visible = rows.map(({ position }) => Number(position));
    expect(visible.length).toBeGreaterThan(5);
    for (const { delivered } of again) expect(delivered.map(({ position }) => position).filter((one) => one > begin)).toEqual(visible);
  });
});

describe('AUD-22: a change of rights ends the sockets of those whom it concerns, and nobody else’s', () => {
  const change = (name: string, value: unknown) =>
    asAdmin(async (em) => {
      const setting = (await em.findOne(Setting, { name })) ?? em.create(Setting, { name, value: null });
      setting.value = value as never;
      await em.flush();
    });

  test('of the settings only those of rights, and of their readers only those who see otherwise by them', async () => {
    const inHouse = await listening('in_house', 2);
    const others = [await listening('manager', 2), await listening('worker', 2)];
    await change('dailyOvertimeAfter', 9);
    await home.system.trail.log.settle();
    await change('inHouseSeesEverything', false);
    await eventually(() => inHouse.sockets.every(({ closed }) => closed?.code === 4001));
    await makeSite();
    const last = await head();
    // They have been told of everything since, on the sockets that they had.
    await eventually(() => others.every(({ sockets }) => sockets.every(({ to }) => (to ?? 0) >= last)), { timeout: 15_000 });
    expect(others.flatMap(({ sockets }) => sockets.map(({ closed }) => closed))).toEqual([null, null, null, null]);
    await change('inHouseSeesEverything', true);
  });

  test('a new name and somebody else’s role are nobody’s business', async () => {
    const one = await listening('manager', 2);
    const other = await home.person('worker');
    await asAdmin(async (em) => {
      (await em.findOneOrFail(User, { id: one.id })).lastName = 'Married';
      (await em.findOneOrFail(User, { id: other.id })).role = 'member';
      await em.flush();
    });
    await home.system.trail.log.settle();
    const last = await head();
    await eventually(() => one.sockets.every(({ to }) => (to ?? 0) >= last), { timeout: 15_000 });
    expect(one.sockets.map(({ closed }) => closed)).toEqual([null, null]);
  });
});
