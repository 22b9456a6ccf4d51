import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Handler, MiddlewareHandler } from 'hono';
import { refused } from '@countersign/api/rest/rest';
import { Refusal } from '@countersign/domain/errors';
import type { Metrics } from './metrics.ts';
import { methodLabel, routeLabel } from './route-label.ts';

export interface MetricsDoor {
  readonly metrics: Metrics;
  /** Whoever names it may read. Null: whoever is on this machine. */
  readonly token: string | null;
  /** Our own proxies before this server: behind one, everybody comes from this machine. */
  readonly proxies: number;
}

/** The metrics, for those who may read them. */
export function metricsRoute({ metrics, token, proxies }: MetricsDoor): Handler<{ Bindings: HttpBindings }> {
  return async (http) => {
    const credentials = http.get('credentials');
    const named = credentials?.by === 'bearer' ? credentials.token : null;
    const refusal = token === null ? whyNotFromHere(http.env.incoming, proxies) : whyNotWith(named, token);
    if (refusal) return refused(http, refusal);
    return http.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
  };
}

function whyNotWith(named: string | null, token: string): Refusal | null {
  if (named !== null && timingSafeEqual(digest(named), digest(token))) return null;
  return new Refusal('UNAUTHORIZED', 'The metrics are not open to everybody', 'Send METRICS_TOKEN as a bearer token.');
}

/** Of one length, whatever was sent. */
const digest = (text: string) => createHash('sha256').update(text).digest();

/** A page that had its name resolved to this machine names itself as the host; a proxy tells that it is one, if it is asked to. */
function whyNotFromHere({ socket, headers }: IncomingMessage, proxies: number): Refusal | null {
  const proxied = proxies > 0 || ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => headers[name] !== undefined);
  const local = isLoopback(socket.remoteAddress ?? '') && isLoopback((headers.host ?? '').replace(/:\d+$/, ''));
  if (local && !proxied) return null;
  return new Refusal('FORBIDDEN', 'The metrics are open to this machine only', 'Set METRICS_TOKEN, and send it as a bearer token.');
}

const isLoopback = (address: string) => /^(localhost|(::ffff:)?127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(address);

/** Counts every request that is answered, and how long it took. */
export function counting(metrics: Metrics): MiddlewareHandler {
  return async (http, next) => {
    const began = performance.now();
    await next();
    metrics.answered({
      method: methodLabel(http.req.method),
      route: routeLabel(http),
      status: http.res.status,
      seconds: (performance.now() - began) / 1_000,
    });
  };
}
