import { type Context as HonoContext, Hono } from 'hono';
import { Refusal } from '@countersign/domain/errors';
import { checkWriting } from '@countersign/domain/people/session/writing.rules';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import { type ApiContext, requestIdOf } from '../context.ts';
import { tellShown } from '../execute.ts';
import { shapeOf, toSnake } from '../naming.ts';
import { asRefusal, httpStatusOf, unexpected } from '../refusals.ts';
import { bodyText } from './body.ts';
import { refusalBody, unexpectedBody } from './error-body.ts';
import { requestInput } from './request-input.ts';
import { pathParameters, type Route } from './route.ts';

export interface RestOptions {
  readonly routes: readonly Route[];
  /** What the transport knows of a request. */
  readonly contextOf: (http: HonoContext) => ApiContext;
}

/** The REST interface as an application of its own, without a server: `app.request()` is enough to call it. */
export function restApp({ routes, contextOf }: RestOptions): Hono {
  const app = new Hono();
  for (const [path, sharing] of byPath(routes)) {
    for (const route of sharing)
      app.on(route.method, path, (http) => (isHeadOfFile(route, http) ? wrongMethod(http, sharing) : answer(route, http, contextOf(http))));
    app.all(path, (http) => wrongMethod(http, sharing));
  }
  app.all('/api/*', (http) =>
    refused(http, new Refusal('NOT_FOUND', 'There is nothing at this address', 'The interface is described at /docs.')),
  );
  return app;
}

/** That a file was taken away would be recorded, and nobody has it: of a file nobody gets the head alone. */
const isHeadOfFile = ({ file }: Route, http: HonoContext) => http.req.method === 'HEAD' && file?.answered !== undefined;

/** Routes by their path in Hono's form: those with fewer parameters first, since the first that matches answers. */
function byPath(routes: readonly Route[]): [string, Route[]][] {
  const paths = new Map<string, Route[]>();
  for (const route of routes) {
    const path = route.path.replace(/\{([^}]+)\}/g, ':$1');
    const known = paths.get(path) ?? [];
    if (known.some(({ method }) => method === route.method)) throw new Error(`two routes answer ${route.method} ${route.path}`);
    paths.set(path, [...known, route]);
  }
  return [...paths].sort(([a], [b]) => pathDepth(a) - pathDepth(b));
}

const pathDepth = (path: string) => path.split(':').length;

async function answer(route: Route, http: HonoContext, context: ApiContext): Promise<Response> {
  const requestId = requestIdOf(context);
  try {
    await context.admit(route.name);
    const body = route.file?.taken === undefined ? await bodyText(http.req.raw) : '';
    const { permission, method } = route;
    const viewer = permission && (await context.viewer());
    if (viewer && permission) checkScope(viewer, permission);
    if (viewer && permission && method !== 'GET') checkWriting(viewer, { permission });
    const path = Object.fromEntries(pathParameters(route.path).map((name) => [name, http.req.param(name) ?? '']));
    const parts = {
      path,
      query: new URL(http.req.url).searchParams,
      contentType: http.req.header('content-type'),
      body,
    };
    const result = await route.run(requestInput(route, parts), { context, requestId, http });
    // What was refused has shown nothing.
    if (viewer && method === 'GET' && !route.tells) await tellShown(route.name, viewer, { ...context, requestId }, context.services.log);
    return result instanceof Response ? result : http.json(toSnake(shapeOf(route.output), result));
  } catch (problem) {
    const refusal = asRefusal(problem);
    const told = refusal
      ? null
      : unexpectedBody(unexpected(problem, { requestId, name: route.name, report: context.services.report }).requestId);
    // Only browsers say so, and only of a window; a program reads what is wrong.
    if (route.insteadOfJson && http.req.header('sec-fetch-mode') === 'navigate')
      return http.redirect(route.insteadOfJson(new URL(http.req.url).searchParams, refusal?.code ?? 'INTERNAL_ERROR'), 303);
    return refusal ? refused(http, refusal) : http.json(told, 500);
  }
}

/** A refusal as an answer. */
export function refused(http: HonoContext, refusal: Refusal): Response {
  if (refusal.retryAfter !== undefined) http.header('Retry-After', String(refusal.retryAfter));
  return http.json(refusalBody(refusal), httpStatusOf(refusal.code));
}

function wrongMethod(http: HonoContext, sharing: readonly Route[]): Response {
  const methods = sharing.map(({ method }) => method);
  const hasHead = sharing.some((route) => route.method === 'GET' && route.file?.answered === undefined);
  const allow = [...methods, ...(hasHead ? ['HEAD'] : [])].join(', ');
  return http.json({ error: 'This address knows no such method', code: 'METHOD_NOT_ALLOWED', details: `It answers ${allow}.` }, 405, {
    Allow: allow,
  });
}
