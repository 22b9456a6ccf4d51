import { delay, HttpResponse } from 'msw';
import { http } from 'msw/http';
import { ws } from 'msw/ws';
import type { EventFilter, Stretch } from '../../src/api/views.ts';
import { accountHandlers } from './account.ts';
import { invitationHandlers } from './invitations.ts';
import { matches } from './matches.ts';
import { Refused } from './refused.ts';
import { secondFactorHandlers } from './second-factor.ts';
import { sightHandlers } from './sight.ts';
import { type World } from './world.ts';

const STATUS: Readonly<Record<string, number>> = {
  VALIDATION_ERROR: 400,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  INTERNAL_SERVER_ERROR: 500,
};
const TRPC: Readonly<Record<string, string>> = { VALIDATION_ERROR: 'BAD_REQUEST' };

/** The wire as the server speaks it: tRPC by HTTP and websocket, REST for sessions. `world` is asked anew each time. */
export function handlersFor(world: () => World) {
  return [
    http.get('*/api/session', async () => {
      await delay(world().delay);
      return HttpResponse.json(world().session);
    }),
    http.post('*/api/auth/sign-in/email', async ({ request }) => {
      const { email, password } = (await request.json()) as { email: string; password: string };
      if (password !== 'demo')
        return HttpResponse.json(
          { error: 'The mail address and the password don’t belong together', code: 'UNAUTHORIZED', details: null },
          { status: 401 },
        );
      const account = world().demo?.accounts.find((one) => one.email === email);
      const user = {
        id: '00000001-0000-4000-8000-000000000001',
        name: account?.name ?? 'Anna Berg',
        email,
        role: account?.role ?? 'admin',
        level: 5,
        time_zone: 'Europe/Berlin',
      };
      if (world().asksForCode) Object.assign(world(), { waiting: user, secondStep: { expires_at: '2026-11-04T14:10:00.000Z' } });
      else world().user = user;
      return HttpResponse.json({ user: world().user, second_step: world().secondStep });
    }),
    http.post('*/api/auth/sign-out', () => {
      world().user = null;
      return HttpResponse.json({});
    }),
    http.post('*/api/auth/sign-out-everywhere', () => {
      // As the server has it: who isn't signed in has no sessions to end.
      if (!world().user) return HttpResponse.json({ error: 'Sign in first', code: 'UNAUTHORIZED', details: null }, { status: 401 });
      world().user = null;
      return HttpResponse.json({ sessions: 2 });
    }),
    ...sightHandlers(world),
    ...secondFactorHandlers(world),
    ...accountHandlers(world),
    ...invitationHandlers(world),
    http.post('*/api/imports', async ({ request }) => {
      await delay(world().delay);
      try {
        const fileName = new URL(request.url).searchParams.get('file_name');
        return HttpResponse.json(world().answer('imports.upload', { fileName, text: await request.text() }) as { id: string });
      } catch (thrown) {
        if (!(thrown instanceof Refused)) throw thrown;
        const { code, details = null } = thrown.refusal;
        return HttpResponse.json({ error: thrown.message, code, details }, { status: code === 'TOO_LARGE' ? 413 : (STATUS[code] ?? 400) });
      }
    }),
    http.get('*/api/demo/traffic', () => trafficAnswer(world())),
    http.post('*/api/demo/traffic', async ({ request }) => {
      const { rate } = (await request.json()) as { rate: number };
      world().rates.push(rate);
      if (!world().refusals.has('demo.traffic')) world().traffic = { wanted: rate, actual: rate * 0.9, done: rate * 10, ended: null };
      const answer = trafficAnswer(world());
      await world().answers.get('demo.traffic')?.(rate as never);
      return answer;
    }),
    http.all('*/trpc/:paths', async ({ request, params }) => {
      await delay(world().delay);
      const url = new URL(request.url);
      const inputs = (request.method === 'GET' ? JSON.parse(url.searchParams.get('input') ?? '{}') : await request.json()) as Record<
        string,
        unknown
      >;
      const paths = String(params['paths']).split(',');
      const answers = await Promise.all(paths.map((path, index) => answerOf(world(), path, inputs[index])));
      if (answers.some((answer) => answer === 'offline')) return HttpResponse.error();
      return HttpResponse.json(answers, { status: 207 });
    }),
    socketHandler(world),
  ];
}

function trafficAnswer({ refusals, traffic }: World) {
  const refusal = refusals.get('demo.traffic');
  if (!refusal) return HttpResponse.json(traffic);
  const { code, message: error, details = null } = refusal;
  return HttpResponse.json({ error, code, details }, { status: STATUS[code] ?? 500 });
}

async function answerOf(world: World, path: string, input: unknown): Promise<unknown> {
  try {
    return { result: { data: await world.answer(path, input) } };
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    return thrown.refusal.code === 'OFFLINE' ? 'offline' : { error: errorOf(thrown, path) };
  }
}

function errorOf({ refusal, message }: Refused, path: string) {
  const { code, details = null, fields = [], conflicts = [], requestId = null } = refusal;
  const expected = code in STATUS && code !== 'INTERNAL_SERVER_ERROR' && code !== 'PRECONDITION_FAILED';
  return {
    message,
    code: -32_600,
    data: {
      code: TRPC[code] ?? code,
      httpStatus: STATUS[code] ?? 500,
      path,
      requestId,
      refusal: expected ? { code, details, fields, conflicts } : null,
    },
  };
}

interface Message {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly path: string; readonly input?: EventFilter & { lastEventId?: string }; readonly lastEventId?: string };
}

const socket = ws.link('ws://*/trpc');

type Client = Parameters<Parameters<typeof socket.addEventListener<'connection'>>[1]>[0]['client'];

/** The lines that stand. The link's own set comes late, forgets none that was closed, and holds those of other pages. */
const lines = new Set<Client>();

/** Cuts every line that stands, as a network does, or ends it with a code of the server's. */
export function cutLines(code = 1001): void {
  for (const line of lines) line.close(code);
}

export const standingLines = (): number => lines.size;

function socketHandler(world: () => World) {
  return socket.addEventListener('connection', ({ client }) => {
    world().tries++;
    if (world().gone) {
      // Once it stands: of a line that was closed before, nobody is told.
      setTimeout(() => client.close(1001), 0);
      return;
    }
    lines.add(client);
    const stops = new Map<number, () => void>();
    const end = () => {
      lines.delete(client);
      stops.forEach((stop) => stop());
    };
    client.addEventListener('close', end);
    client.addEventListener('message', ({ data }) => {
      if (data === 'PING') return client.send('PONG');
      for (const message of [JSON.parse(data as string) as Message | Message[]].flat()) {
        if (message.method === 'subscription.stop') stops.get(message.id)?.();
        else if (message.method === 'subscription')
          (SUBSCRIPTIONS[message.params.path] ?? follow)(world(), message, {
            send: (frame) => client.send(JSON.stringify(frame)),
            stops,
          });
      }
    });
  });
}

interface Line {
  readonly send: (frame: unknown) => void;
  readonly stops: Map<number, () => void>;
}

/** Who else is there: all of them, each time. */
function followPresence(world: World, { id, params }: Message, { send, stops }: Line): void {
  send({ id, result: { type: 'started' } });
  world.said.push((params.input as { editing?: boolean } | undefined)?.editing ?? false);
  const tell = () => send({ id, result: { type: 'data', data: { people: world.present } } });
  tell();
  world.watchers.add(tell);
  stops.set(id, () => {
    world.watchers.delete(tell);
    stops.delete(id);
  });
}

/** What is unread at once, then what one is told. */
function followNotices(world: World, { id }: Message, { send, stops }: Line): void {
  send({ id, result: { type: 'started' } });
  const tell = (notifications: World['notices']) => {
    const number = String(world.notices[0]?.number ?? 0);
    const data = { notifications, unread: world.unread };
    send({ id, result: { type: 'data', id: number, data: { id: number, data } } });
  };
  tell([]);
  const listener = (told: readonly World['notices'][number][]) => tell([...told]);
  world.listeners.add(listener);
  stops.set(id, () => {
    world.listeners.delete(listener);
    stops.delete(id);
  });
}

const SUBSCRIPTIONS: Readonly<Record<string, typeof follow>> = { 'notifications.live': followNotices, 'presence.live': followPresence };

function follow(world: World, { id, params }: Message, { send, stops }: Line): void {
  const { lastEventId: first, ...filter } = params.input ?? {};
  const resume = params.lastEventId ?? first;
  const last = resume === undefined || resume === null ? world.head : Number(resume);
  const refusal = world.refusals.get('audit.live');
  if (refusal || last < world.oldest) {
    return send({ id, error: errorOf(new Refused(refusal ?? { code: 'PRECONDITION_FAILED', message: 'reload' }), 'audit.live') });
  }
  send({ id, result: { type: 'started' } });
  const tell = ({ from, to, events }: Stretch) => {
    const seen = events.filter((event) => matches(event, filter)).toSorted((one, other) => one.position - other.position);
    send({ id, result: { type: 'data', id: String(to), data: { id: String(to), data: { from, to, events: seen } } } });
  };
  const missed = world.events.filter(({ position }) => position > last);
  if (missed.length) tell({ from: last, to: world.head, events: missed });
  world.followers.add(tell);
  stops.set(id, () => {
    world.followers.delete(tell);
    stops.delete(id);
  });
}
