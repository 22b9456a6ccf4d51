import type { HttpBindings } from '@hono/node-server';
import { type Context as HonoContext, Hono, type MiddlewareHandler } from 'hono';
import type { ApiContext, Services } from '@countersign/api/context';
import { routes } from '@countersign/api/countersign';
import { unexpected } from '@countersign/api/refusals';
import { DOCS_CSS, docsPage } from '@countersign/api/rest/docs-page';
import { unexpectedBody } from '@countersign/api/rest/error-body';
import { openApi } from '@countersign/api/rest/openapi';
import { refused, restApp } from '@countersign/api/rest/rest';
import type { Route } from '@countersign/api/rest/route';
import { refusedTrpc } from '@countersign/api/trpc';
import { Refusal } from '@countersign/domain/errors';
import type { Role } from '@countersign/domain/people/rights/permissions';
import { whoComes } from '@countersign/domain/people/sight/sight.rules';
import type { Sealer } from '@countersign/domain/people/second-factor/sealer';
import type { Counters } from '../limits/counters.ts';
import type { Limits } from '../limits/limits.ts';
import { rateHeaders } from '../limits/rate-headers.ts';
import type { Logger } from '../log.ts';
import { counting, type MetricsDoor, metricsRoute } from '../metrics/metrics-route.ts';
import type { OpenStreams } from '../sockets/open-streams.ts';
import { accountRoutes } from './account-routes.ts';
import { CodeDoor } from './code-door.ts';
import { Door } from './door.ts';
import { exportRoute } from './export-route.ts';
import { forgottenPasswordRoutes } from './forgotten-password.ts';
import { importRoutes } from './import-routes.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { ownFactorRoutes } from './own-factor-routes.ts';
import { providerLinkRoutes } from './provider-link-routes.ts';
import { provideProvider } from './provider-routes.ts';
import { isForeign, type RequestFacts, requestFacts, isUnnamedWindow } from './request-facts.ts';
import { secondStepRoutes } from './second-step-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { type DemoView, sessionRoutes, type WaysIn } from './session-routes.ts';
import { type Credentials, credentialsOf, type SignedIn, whoHas, whoStill } from './sessions.ts';
import { sightRoutes } from './sight-routes.ts';
import { staticFiles } from './static-files.ts';
import { type TrafficOf, trafficRoutes } from './traffic-routes.ts';
import { trpcOverHttp } from './trpc-over-http.ts';
import { withSharedAccounts } from './shared-accounts.ts';
import { withoutPasswords } from './without-passwords.ts';

declare module 'hono' {
  interface ContextVariableMap {
    facts: RequestFacts;
    credentials: Credentials | null;
    /** Looked up when it is asked for, and once; once more when the body has been read, which may take as long as its sender likes. */
    who: () => Promise<SignedIn | null>;
    /** Looked up whenever it is asked for, by whatever token their session goes on meanwhile. */
    whoNow: () => Promise<SignedIn | null>;
  }
}

export interface AppOptions {
  readonly services: Services;
  readonly secondFactor: SecondFactorOptions;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly log: Logger;
  /** Our own proxies before this server. */
  readonly proxies: number;
  /** The built web app. */
  readonly webFolder: string;
  readonly readiness: () => Promise<string[]>;
  readonly demo: () => DemoView | null;
  readonly traffic: TrafficOf;
  readonly ways: WaysIn;
  readonly streams: OpenStreams;
  /** Bytes of an imported file at most. */
  readonly importLimit: number;
  readonly metrics: MetricsDoor;
  /** Aborts when the server stops: answers that would never end then do. */
  readonly stopping: AbortSignal;
}

/** AC-5: what somebody shows beside their password. */
export interface SecondFactorOptions {
  readonly sealer: Sealer;
  /** Roles that need one. */
  readonly required: ReadonlySet<Role>;
}

/** What answers, and the routes of the REST interface in it: those of definitions, and those that the transport serves itself. */
export interface HttpApp {
  readonly app: Hono<{ Bindings: HttpBindings }>;
  readonly everyRoute: readonly Route[];
}

/** Everything that is served over HTTP. */
export function httpApp(options: AppOptions): HttpApp {
  const { services, secondFactor, limits, counters, webFolder, demo, ways, streams, importLimit, stopping, log } = options;
  const { fork } = services;
  const app = new Hono<{ Bindings: HttpBindings }>();
  const contextOf = contextFor(services, limits);
  const door = new Door(counters);
  const codes = new CodeDoor(door, counters);
  const ended = (sessionId: string) => streams.sessionEnded(sessionId);
  const offered = [
    ...routes,
    exportRoute(fork),
    ...importRoutes({ fork, limit: importLimit }),
    ...invitationRoutes(fork),
    ...trafficRoutes(options.traffic),
    ...sessionRoutes({ fork, door, demo, ways, ended, required: secondFactor.required }),
    ...secondStepRoutes({ fork, codes, ended, ...secondFactor }),
    ...accountRoutes({ fork, door, ended }),
    ...sightRoutes({ fork, ended, required: secondFactor.required }),
    ...ownFactorRoutes({ fork, codes, ...secondFactor }),
    ...providerLinkRoutes({ fork, ...ways }),
    ...forgottenPasswordRoutes({ fork, counters }),
  ];
  const shared = withSharedAccounts(offered, { isDemo: () => demo() !== null, required: secondFactor.required });
  const everyRoute = ways.passwords ? shared : withoutPasswords(shared, ways.provider?.name ?? 'the provider');
  const description = openApi(everyRoute);
  app.use(knowing(options), accessLog(log), counting(options.metrics.metrics), securityHeaders, rateHeaders, sameOrigin);
  app.get('/healthz', (http) => http.json({ status: 'alive' }));
  app.get('/readyz', async (http) => {
    const problems = await options.readiness();
    return http.json({ ready: !problems.length, problems }, problems.length ? 503 : 200);
  });
  app.get('/metrics', metricsRoute(options.metrics));
  app.get('/api/openapi.json', (http) => http.json(description));
  app.get('/docs', (http) => http.html(docsPage(description)));
  app.get('/docs/docs.css', (http) => http.text(DOCS_CSS, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' }));
  provideProvider(app, { provider: ways.provider, fork, door, counters, contextOf, ended, log });
  // Behind the addresses to which a provider sends its browsers back.
  for (const path of ['/api/*', '/trpc/*']) app.use(path, askedFromHere);
  app.route('/', restApp({ routes: everyRoute, contextOf }));
  app.all('/trpc/*', trpcOverHttp({ contextOf, streams, stopping }));
  app.use(staticFiles(webFolder));
  app.notFound((http) =>
    refused(http, new Refusal('NOT_FOUND', 'There is nothing at this address', 'The interface is described at /docs.')),
  );
  app.onError((problem, http) => {
    const { requestId } = unexpected(problem, { requestId: http.get('facts').requestId, name: http.req.path, report: services.report });
    return http.json(unexpectedBody(requestId), 500);
  });
  return { app, everyRoute };
}

/** Finds out what there is to know of a request, and answers nothing. */
function knowing({ proxies, services, secondFactor: { required } }: AppOptions): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (http, next) => {
    const { incoming } = http.env;
    const facts = requestFacts(incoming, proxies);
    const credentials = credentialsOf(incoming.headers, facts.secure);
    const recognising = () => ({ em: services.fork(), required });
    const lookUp = async () => (credentials ? whoHas(recognising(), credentials) : null);
    let came: Promise<SignedIn | null> | undefined;
    let known: { readonly who: Promise<SignedIn | null>; readonly whole: boolean } | undefined;
    http.set('facts', facts);
    http.set('credentials', credentials);
    http.set('whoNow', async () => {
      const who = await (came ?? lookUp());
      return who && credentials && whoStill(recognising(), credentials, who);
    });
    http.set('who', () => {
      const whole = http.req.raw.bodyUsed;
      if (known?.whole !== whole) known = { who: lookUp(), whole };
      came ??= known.who;
      return known.who;
    });
    await next();
  };
}

const contextFor =
  (services: Services, limits: Limits) =>
  (http: HonoContext): ApiContext => {
    const { requestId, ipAddress, forwardedFor, userAgent } = http.get('facts');
    // A page calls procedures with its cookie; everything else is a program.
    const isPage = http.req.path.startsWith('/trpc/') && http.get('credentials')?.by === 'cookie';
    const viewer = async () => (await http.get('who')())?.viewer ?? null;
    const asking = async () => {
      const who = await http.get('who')();
      return who && { userId: whoComes(who.viewer), tokenId: who.viewer.token?.id ?? null };
    };
    const rates = http.get('rates');
    const admit = (name: string) =>
      limits.admit({ name, address: ipAddress, who: asking }, (applied) => rates.set(applied.policy, applied));
    return { services, viewer, channel: isPage ? 'web' : 'api', ipAddress, forwardedFor, userAgent, requestId, admit, connection: null };
  };

/** One line a request: no parameters, headers or bodies, which may hold what is nobody's business. */
function accessLog(log: Logger): MiddlewareHandler {
  return async (http, next) => {
    const began = performance.now();
    await next();
    const { method, path } = http.req;
    log.info(
      {
        requestId: http.get('facts').requestId,
        method,
        path: path.slice(0, 200),
        status: http.res.status,
        ms: Math.round(performance.now() - began),
      },
      'request',
    );
  };
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What changes something must not come from another site's page: a browser sends the cookie along unasked. */
const sameOrigin: MiddlewareHandler<{ Bindings: HttpBindings }> = async (http, next) =>
  SAFE.has(http.req.method) || !isForeign(http.env.incoming.headers, http.get('facts').host) ? next() : refusedAsForeign(http);

/**
 * Nor what is read with a cookie: such a page sees no answer, but the log would say that they read it, and a file of everything be on their
 * disk. Whoever types an address, or opens one that they keep, comes from nowhere.
 */
const askedFromHere: MiddlewareHandler<{ Bindings: HttpBindings }> = async (http, next) => {
  const { headers } = http.env.incoming;
  const { host } = http.get('facts');
  const isUnasked = (headers['sec-fetch-site'] !== 'none' && isForeign(headers, host)) || isUnnamedWindow(headers, host);
  return isUnasked && http.get('credentials')?.by === 'cookie' ? refusedAsForeign(http) : next();
};

function refusedAsForeign(http: HonoContext): Response | Promise<Response> {
  const refusal = new Refusal('FORBIDDEN', 'This request came from another site', 'Send it from a page of this server, or from a program.');
  return http.req.path.startsWith('/trpc/') ? refusedTrpc(refusal) : refused(http, refusal);
}
