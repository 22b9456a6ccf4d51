import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { router } from '@countersign/api/countersign';

const PROCEDURES: ReadonlySet<string> = new Set(Object.keys(router._def.procedures));
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']);

/** The pattern of a request's route: one of a fixed number, whatever somebody types into an address. */
export function routeLabel(http: Context): string {
  const patterns = matchedRoutes(http).flatMap(({ path }) => (path === '/*' ? [] : path));
  // What is asked of everything under an address stands before the route itself.
  const pattern = patterns.find((one) => !one.endsWith('/*')) ?? patterns[0];
  if (pattern === '/trpc/*') return procedureLabel(http.req.path.slice('/trpc/'.length));
  if (pattern !== undefined) return pattern;
  if (http.req.path.startsWith('/assets/')) return '/assets/*';
  return http.res.status < 400 ? '(page)' : '(nothing)';
}

function procedureLabel(name: string): string {
  if (name.includes(',')) return '/trpc/(several)';
  return PROCEDURES.has(name) ? `/trpc/${name}` : '/trpc/*';
}

/** The methods that there are; whatever else is sent counts as one. */
export const methodLabel = (method: string): string => (METHODS.has(method) ? method : 'OTHER');
