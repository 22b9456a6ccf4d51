import type { MiddlewareHandler } from 'hono';
import type { Applied } from './limits.ts';
import { WINDOW } from './limits.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** The policies by which this request was counted, and how its caller stands to each. */
    rates: Map<string, Applied>;
  }
}

/** A structured field's string; policies are named by us. */
const quoted = (name: string) => `"${name}"`;

/**
 * Tells callers what they have left, as draft-ietf-httpapi-ratelimit-headers-10 says; a batch is told once. `Retry-After` says
 * when to come back.
 */
export const rateHeaders: MiddlewareHandler = async (http, next) => {
  const rates = new Map<string, Applied>();
  http.set('rates', rates);
  await next();
  const applied = [...rates.values()];
  if (!applied.length) return;
  http.header('RateLimit-Policy', applied.map(({ policy, quota }) => `${quoted(policy)};q=${quota};w=${WINDOW}`).join(', '));
  http.header('RateLimit', applied.map(({ policy, left, msLeft }) => `${quoted(policy)};r=${left};t=${seconds(msLeft)}`).join(', '));
  const refused = applied.filter((one) => one.refused);
  if (refused.length) http.header('Retry-After', String(Math.max(1, ...refused.map(({ msLeft }) => seconds(msLeft)))));
};

const seconds = (ms: number) => Math.max(0, Math.ceil(ms / 1_000));
