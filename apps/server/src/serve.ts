import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { readsLog } from '@countersign/api/countersign';
import { type HttpApp, httpApp, type SecondFactorOptions } from './http/app.ts';
import type { DemoView } from './http/session-routes.ts';
import { keepingAccounts } from './http/shared-accounts.ts';
import type { TrafficOf } from './http/traffic-routes.ts';
import { Limits } from './limits/limits.ts';
import type { Logger } from './log.ts';
import { Provider } from './oidc/provider.ts';
import { Metrics } from './metrics/metrics.ts';
import type { Settings } from './settings.ts';
import { trpcOverSockets } from './sockets/trpc-over-sockets.ts';
import type { System } from './system.ts';

export interface ServeOptions {
  readonly system: System;
  readonly settings: Pick<Settings, 'port' | 'host' | 'proxies' | 'quotas' | 'importLimit' | 'shutdownSeconds' | 'metricsToken'> &
    Partial<Pick<Settings, 'provider' | 'passwords'>>;
  readonly secondFactor: SecondFactorOptions;
  readonly log: Logger;
  readonly webFolder: string;
  readonly demo?: () => DemoView | null;
  readonly traffic?: TrafficOf;
}

export interface Served extends HttpApp {
  /** Where a browser finds it. */
  readonly url: string;
  /** Takes no more requests, has everybody connect elsewhere, and finishes what is under way. */
  readonly close: () => Promise<void>;
}

/** How long sockets get to leave by themselves. Milliseconds. */
const LEAVE = 1_000;

/**
 * How long a connection without a request is kept. Milliseconds; longer than clients and proxies keep theirs (mostly
 * 60 s), so that it is they who close it: a request that meets a closing connection fails for its sender.
 */
const KEEP_ALIVE = 65_000;

/** Listens, for HTTP and websockets on one port. @throws Error that names the setting to change. */
export async function serve({ demo = () => null, traffic = () => null, ...options }: ServeOptions): Promise<Served> {
  const { system, settings, secondFactor, log, webFolder } = options;
  const { streams, counters } = system;
  const services = { ...system.services, forbid: keepingAccounts(() => demo()?.accounts ?? [], system.services.fork) };
  const { proxies, port, host, importLimit, quotas, shutdownSeconds, metricsToken } = settings;
  const stopping = new AbortController();
  const metrics = new Metrics({ system, sockets: () => sockets.open(), filling: () => Boolean(demo()?.progress) });
  const limits = new Limits({ quotas, counters, readsLog });
  const { app, everyRoute } = httpApp({
    services,
    secondFactor,
    limits,
    counters,
    log,
    proxies,
    webFolder,
    demo,
    traffic,
    ways: { provider: settings.provider ? new Provider(settings.provider) : null, passwords: settings.passwords ?? true },
    streams,
    importLimit,
    metrics: { metrics, token: metricsToken, proxies },
    readiness: system.readiness,
    stopping: stopping.signal,
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.keepAliveTimeout = KEEP_ALIVE;
  const sockets = trpcOverSockets({ server, services, streams, limits, proxies, required: secondFactor.required });
  await listen(server, port, host);
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    await sockets.close(LEAVE);
    stopping.abort();
    // A connection becomes idle when its last answer has left, and would be kept for a while.
    const idle = setInterval(() => server.closeIdleConnections(), 20);
    await Promise.race([closed, sleep(shutdownSeconds * 1_000, undefined, { ref: false })]);
    clearInterval(idle);
    server.closeAllConnections();
    await metrics.close();
  };
  return { url: addressOf(server, host), app, everyRoute, close };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(whyNotListening((cause as NodeJS.ErrnoException).code, port, host), { cause });
  }
}

function whyNotListening(code: string | undefined, port: number, host: string): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use: end the program that has it, or set PORT to another one.`;
  if (code === 'EACCES') return `Port ${port} is not open to this user: set PORT to one above 1023.`;
  return `${host} is no address of this machine: set HOST to 127.0.0.1, or to 0.0.0.0 for all of them.`;
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
