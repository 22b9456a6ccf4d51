import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { signedIn } from '@countersign/api/execute';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { user as actorOf, withContext } from '@countersign/audit/context';
import { mailAddress } from '@countersign/domain/people/mail-address.rules';
import { MATRIX, type Role } from '@countersign/domain/people/rights/permissions';
import { rightsStamp } from '@countersign/domain/people/rights/rights-stamp';
import { settingsOf } from '@countersign/domain/people/rights/settings';
import { checkWriting } from '@countersign/domain/people/session/writing.rules';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import { signIn, signOut, signOutEverywhere } from '@countersign/domain/people/session/sign-in';
import type { Provider } from '../oidc/provider.ts';
import { asAnonymous } from './as-anonymous.ts';
import type { Door } from './door.ts';
import { entered, knownDevice, letIn, secondStep, signedInUser, stepLeft, userOf } from './let-in.ts';
import { sessionCookie } from './sessions.ts';
import { backFromSight, sightOf, sightView } from './sight-routes.ts';

/** What a demonstration offers whoever isn't signed in yet. */
const demoView = z.object({
  accounts: z.array(z.object({ email: z.string(), role: z.string(), name: z.string() })),
  password: z.string(),
  /** While its data are still being written. */
  progress: z.object({ done: z.number(), of: z.number(), message: z.string() }).nullable(),
});
export type DemoView = z.infer<typeof demoView>;

const sessionView = z.object({
  user: signedInUser.nullable(),
  /** Whether they can do nothing but set up a second factor. */
  confined: z.boolean(),
  /** The second step of signing in, where this browser has passed the first one. */
  secondStep: secondStep.nullable(),
  /** The admin who looks at the system as this user sees it, and until when; null where it is they themselves. */
  sight: sightView.nullable(),
  /** Another text whenever the user may see or do something else. */
  rights: z.string().nullable(),
  /** By which provider people sign in; null where there is none. */
  provider: z.object({ name: z.string() }).nullable(),
  /** Whether they sign in by passwords. */
  passwords: z.boolean(),
  demo: demoView.nullable(),
});
const credentials = z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(1_000) });
const nothing = z.strictObject({});

/** By what people sign in. */
export interface WaysIn {
  readonly provider: Provider | null;
  readonly passwords: boolean;
}

export interface SessionRoutesOptions {
  readonly fork: () => EntityManager;
  readonly door: Door;
  readonly demo: () => DemoView | null;
  readonly ways: WaysIn;
  /** Called when a session was ended, with its id. */
  readonly ended: (sessionId: string) => void;
  /** Roles that need a second factor. */
  readonly required: ReadonlySet<Role>;
}

/** Signing in and out, and who is signed in: open to everybody, and no definitions, since they need the transport. */
export function sessionRoutes({ fork, door, demo, ways, ended, required }: SessionRoutesOptions): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/auth/sign-in/email',
      name: 'session.begin',
      summary: 'Sign in by mail address and password',
      input: credentials,
      output: entered,
      run: (raw, call) => asAnonymous(call, () => begin({ fork, door, ended, raw, call })),
    }),
    ...leavingRoutes({ fork, ended }),
    route({
      method: 'GET',
      path: '/api/session',
      name: 'session.get',
      summary: 'Who is signed in',
      input: nothing,
      output: sessionView,
      run: async (raw, call) => {
        parseInput(nothing, raw, 'snake');
        const viewer = (await call.context.viewer()) ?? (await asAnonymous(call, () => backFromSight({ fork, required }, call)));
        const rights = viewer && rightsStamp(viewer, await settingsOf(fork()));
        return {
          user: viewer && userOf(viewer),
          confined: viewer?.confined ?? false,
          secondStep: viewer ? null : await stepLeft({ fork }, call),
          sight: viewer && sightOf(viewer),
          rights,
          provider: ways.provider && { name: ways.provider.name },
          passwords: ways.passwords,
          demo: demo(),
        };
      },
    }),
  ];
}

const route = (parts: Omit<Route, 'permission'>): Route => ({ permission: null, ...parts });

/** Both take the cookie back. */
const leavingRoutes = ({ fork, ended }: Pick<SessionRoutesOptions, 'fork' | 'ended'>): Route[] => [
  route({
    method: 'POST',
    path: '/api/auth/sign-out',
    name: 'session.end',
    summary: 'Sign out',
    input: nothing,
    output: nothing,
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      const given = call.http.get('credentials');
      const who = await call.http.get('who')();
      if (given) await asAnonymous(call, () => signOut(fork(), given.token));
      if (who) ended(who.id);
      call.http.header('set-cookie', sessionCookie(null, call.http.get('facts').secure));
      return {};
    },
  }),
  route({
    method: 'POST',
    path: '/api/auth/sign-out-everywhere',
    name: 'session.endAll',
    summary: 'Sign out here and wherever else you are signed in',
    input: nothing,
    output: z.object({ sessions: z.int() }),
    run: async (raw, call) => {
      parseInput(nothing, raw, 'snake');
      const viewer = signedIn(await call.context.viewer());
      checkScope(viewer, MATRIX.ownAccount);
      checkWriting(viewer, { permission: MATRIX.ownAccount });
      const { id } = viewer;
      const own = await call.http.get('who')();
      const sessions = await asAnonymous(call, () => withContext({ actor: actorOf(id) }, () => signOutEverywhere(fork(), id)));
      // Streams of the other ones end by themselves, within a second, on every node.
      if (own) ended(own.id);
      call.http.header('set-cookie', sessionCookie(null, call.http.get('facts').secure));
      return { sessions };
    },
  }),
];

interface Beginning extends Pick<SessionRoutesOptions, 'fork' | 'door' | 'ended'> {
  readonly raw: unknown;
  readonly call: RouteCall;
}

async function begin({ fork, door, ended, raw, call }: Beginning) {
  const { email, password } = parseInput(credentials, raw, 'snake');
  const account = mailAddress(email);
  const device = await knownDevice({ fork }, call, account);
  const into = await door.pass({ email: account, address: call.context.ipAddress, device }, () => signIn(fork(), { email, password }));
  return letIn({ fork, ended }, call, into);
}
