import type { HttpBindings } from '@hono/node-server';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Context as HonoContext, Hono } from 'hono';
import { type ApiContext, requestIdOf } from '@countersign/api/context';
import { refused } from '@countersign/api/rest/rest';
import type { RouteCall } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';
import { isOfDisabled } from '@countersign/domain/people/disabled-account';
import { ATTEMPT_LIFETIME, beginAttempt, finishAttempt } from '@countersign/domain/people/provider/sign-in-attempt';
import { recordFailure } from '@countersign/domain/people/session/overtaken';
import { signInVouched } from '@countersign/domain/people/provider/sign-in-vouched';
import { newToken } from '@countersign/domain/people/secret-token';
import type { Counters } from '../limits/counters.ts';
import { networkOf } from '../limits/network.ts';
import type { Logger } from '../log.ts';
import { appPath } from '../oidc/app-path.ts';
import type { Attempt, Provider } from '../oidc/provider.ts';
import { type Failure, ProviderFailure } from '../oidc/provider-failure.ts';
import { CALLBACK } from '../settings.ts';
import { cookieValue, setCookie } from './cookies.ts';
import type { Door } from './door.ts';
import { letIn } from './let-in.ts';
import { isNavigation } from './request-facts.ts';
import { asAnonymous } from './as-anonymous.ts';

export interface ProviderRoutesOptions {
  /** Null where none is configured. */
  readonly provider: Provider | null;
  readonly fork: () => EntityManager;
  readonly door: Door;
  readonly counters: Pick<Counters, 'of'>;
  readonly contextOf: (http: HonoContext) => ApiContext;
  /** Called when a session was ended, with its id. */
  readonly ended: (sessionId: string) => void;
  readonly log: Pick<Logger, 'warn'>;
}

type Http = HonoContext<{ Bindings: HttpBindings }>;

/** Attempts of one network in a quarter of an hour that came to nothing, or aren't finished. */
const UNFINISHED = 100;
const QUARTER = 15 * 60;

/** The way to a provider of OpenID Connect and back: addresses that a browser is led to, and no part of the interface. */
export function provideProvider(app: Hono<{ Bindings: HttpBindings }>, options: ProviderRoutesOptions): void {
  const way = options.provider && new WayThere(options.provider, options);
  const nobody = (http: Http) =>
    refused(http, new Refusal('NOT_FOUND', 'Nobody signs in by a provider here', 'Set OIDC_ISSUER and OIDC_CLIENT_ID to have one.'));
  app.get('/api/auth/oidc/start', (http) => way?.begin(http) ?? nobody(http));
  app.get(CALLBACK, (http) => way?.finish(http) ?? nobody(http));
}

class WayThere {
  readonly #provider: Provider;
  readonly #options: ProviderRoutesOptions;
  readonly #unfinished: ReturnType<Counters['of']>;

  constructor(provider: Provider, options: ProviderRoutesOptions) {
    this.#provider = provider;
    this.#options = options;
    this.#unfinished = options.counters.of('provider address', QUARTER);
  }

  async begin(http: Http): Promise<Response> {
    // Else an image on anybody's page would use up what its reader's network may try.
    if (!isNavigation(http.env.incoming.headers)) return refused(http, onlyByGoing());
    const target = appPath(http.req.query('to'));
    const network = networkOf(http.get('facts').ipAddress);
    try {
      const { points } = await this.#unfinished.add(network, 1);
      if (points > UNFINISHED) throw new ProviderFailure('busy', 'there were too many attempts from one network');
      const attempt = { state: newToken(), browser: browserOf(http) ?? newToken() };
      const address = await this.#provider.addressFor(attempt);
      await beginAttempt(this.#options.fork(), attempt, target);
      http.header('set-cookie', attemptCookie(http, attempt.browser, ATTEMPT_LIFETIME / 1_000));
      return http.redirect(address.href, 303);
    } catch (problem) {
      // That the provider is down is nobody's attempt.
      if (problem instanceof ProviderFailure && problem.failure === 'unreachable') await this.#unfinished.add(network, -1);
      return this.#back(http, problem, target);
    }
  }

  async finish(http: Http): Promise<Response> {
    const { fork } = this.#options;
    const [state, browser] = [http.req.query('state'), browserOf(http)];
    // Nothing of an answer is looked at that nobody here has asked for, in this browser, and is waiting for.
    const target = state === undefined || browser === null ? null : await finishAttempt(fork(), { state, browser });
    if (state === undefined || browser === null || target === null)
      return this.#back(http, new ProviderFailure('expired', 'nobody waits for this answer in this browser'), '/');
    const context = this.#options.contextOf(http);
    const call: RouteCall = { context, requestId: requestIdOf(context), http };
    try {
      const entered = await asAnonymous(call, () => this.#enter(call, { state, browser }));
      await this.#unfinished.add(networkOf(context.ipAddress), -1);
      http.header('set-cookie', attemptCookie(http, '', 0), { append: true });
      // The page where one signs in asks for the second step.
      return http.redirect(entered.secondStep ? `/sign-in?${new URLSearchParams({ to: target }).toString()}` : target, 303);
    } catch (problem) {
      return this.#back(http, problem, target);
    }
  }

  async #enter(call: RouteCall, attempt: Attempt): ReturnType<typeof letIn> {
    const { fork, door, ended } = this.#options;
    const search = new URL(call.http.req.url).search;
    const vouched = await this.#provider.vouchedFor(search, attempt).catch(async (problem: unknown) => {
      if (problem instanceof ProviderFailure && problem.failure === 'refused')
        await recordFailure(fork(), { method: 'oidc', cause: 'invalid_answer', user: null });
      throw problem;
    });
    const visitor = { email: `${vouched.issuer} ${vouched.subject}`, address: call.context.ipAddress, device: null };
    return letIn({ fork, ended }, call, await door.pass(visitor, () => signInVouched(fork(), vouched)));
  }

  /** To the page where one signs in, which says what happened. What nobody foresaw is somebody else's business. */
  #back(http: Http, problem: unknown, target: string): Response {
    const failure = failureFor(problem);
    if (failure === null) throw problem;
    const { message, cause } = problem as Error;
    // Without what the provider answered: it may hold tokens.
    if (problem instanceof ProviderFailure)
      this.#options.log.warn(
        { requestId: http.get('facts').requestId, failure, cause: cause instanceof Error ? cause.message : undefined },
        `signing in by the provider: ${message}`,
      );
    const search = new URLSearchParams({ provider: failure, ...(target !== '/' && { to: target }) });
    return http.redirect(`/sign-in?${search.toString()}`, 303);
  }
}

function failureFor(problem: unknown): Failure | null {
  if (problem instanceof ProviderFailure) return problem.failure;
  if (!(problem instanceof Refusal)) return null;
  if (problem.code === 'RATE_LIMITED') return 'busy';
  if (problem.code === 'CONFLICT') return 'expired';
  return isOfDisabled(problem) ? 'disabled' : 'unknown';
}

const onlyByGoing = () =>
  new Refusal(
    'FORBIDDEN',
    'Signing in begins by going there',
    'Open the page where one signs in, and follow its link: no page can do it within itself.',
  );

const browserOf = (http: Http): string | null => cookieValue(http.req.header('cookie'), 'attempt', http.get('facts').secure);

const attemptCookie = (http: Http, value: string, maxAge: number): string =>
  setCookie('attempt', { value, maxAge, secure: http.get('facts').secure });
