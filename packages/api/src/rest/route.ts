import type { Context as HonoContext } from 'hono';
import type { z } from 'zod';
import type { Rest } from '@countersign/domain/definition';
import type { RefusalCode } from '@countersign/domain/errors';
import type { Permission } from '@countersign/domain/people/rights/permissions';
import { type ApiContext, callerOf } from '../context.ts';
import type { Definition } from '../definition.ts';
import { execute } from '../execute.ts';

/** One route of the REST interface, with everything that serving and describing it takes. */
export interface Route extends Rest {
  /** `area.verb`: the operation's id, and by its area the heading under which it is described. */
  readonly name: string;
  readonly summary: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** Where a file is sent or answered instead of JSON: its type. What comes is in `http`, what is answered is a Response. */
  readonly file?: { readonly taken?: string; readonly answered?: string };
  /** Whom it is open to; null for everybody, signed in or not. */
  readonly permission: Permission | null;
  /** Whether what it shows is recorded by itself, where it has to be. */
  readonly tells?: true;
  /** Where a browser is led that goes there with its whole window and is refused, or what went wrong: else it would show JSON. A path of this server's. */
  readonly insteadOfJson?: (query: URLSearchParams, code: RefusalCode | 'INTERNAL_ERROR') => string;
  /** Gets the raw input under REST's names; answers what the output schema says, under the schema's own. */
  readonly run: (input: unknown, call: RouteCall) => Promise<unknown>;
}

export interface RouteCall {
  readonly context: ApiContext;
  readonly requestId: string;
  /** For what only a transport can do, such as setting a cookie. */
  readonly http: HonoContext;
}

/** The routes of those definitions that have a place in the REST interface. */
export const routesOf = (definitions: readonly Definition[]): Route[] =>
  definitions.flatMap((definition) => (definition.rest ? [routeOf(definition, definition.rest)] : []));

function routeOf(definition: Definition, { method, path }: Rest): Route {
  const { name, summary, input, output, permission } = definition;
  const run: Route['run'] = async (raw, { context, requestId }) =>
    execute(definition, raw, { caller: await callerOf(context, requestId), runtime: context.services, naming: 'snake' });
  return { method, path, name, summary, input, output, permission, tells: true, run };
}

/** The names between the braces of a route's path, as REST spells them. */
export const pathParameters = (path: string): string[] => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);

/** Whether a route's input comes as a JSON body; otherwise it comes as query parameters. */
export const takesBody = ({ method, file }: Pick<Route, 'method' | 'file'>): boolean =>
  (method === 'POST' || method === 'PATCH') && file?.taken === undefined;
