import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Client } from 'pg';
import { job, withContext } from '@countersign/audit/context';
import { createUser } from '@countersign/domain/people/account';
import type { Role } from '@countersign/domain/people/rights/permissions';
import { sealerWith } from '@countersign/domain/people/second-factor/sealer';
import { Site } from '@countersign/domain/people/site';
import { templated, type TestDatabase } from '@countersign/testing/database';
import { openDatabase } from '../src/database/database.ts';
import type { Traffic } from '../src/demo/traffic/traffic.ts';
import type { HttpApp } from '../src/http/app.ts';
import type { DemoView } from '../src/http/session-routes.ts';
import { loggerOptions } from '../src/log.ts';
import { serve } from '../src/serve.ts';
import type { Settings } from '../src/settings.ts';
import { openSystem, type System } from '../src/system.ts';

export const PASSWORD = 'correct horse battery staple';

/** What a settings file of an operator's would say. */
export const settingsFor = (database: Pick<TestDatabase, 'ownerUrl'>) => ({
  database: { owner: database.ownerUrl, logins: null },
  dataDir: '/nowhere',
});

export interface House {
  readonly url: string;
  readonly system: System;
  readonly database: TestDatabase;
  /** What it serves. */
  readonly serves: HttpApp;
  /** What the server logged, as text. */
  logged(): string;
  person(role: Role, name?: string): Promise<{ id: string; email: string }>;
  site(): Promise<string>;
  /** Signs in, and returns the session's token. */
  token(email: string): Promise<string>;
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export type HouseOptions = Partial<
  Pick<Settings, 'proxies' | 'quotas' | 'liveReplay' | 'importLimit' | 'metricsToken' | 'provider' | 'passwords' | 'port'>
> & {
  /** Roles that need a second factor. */
  readonly required?: readonly Role[];
  readonly webFolder?: string;
  /** Whether it is a demonstration, whose accounts everybody has. */
  readonly demo?: boolean;
  /** Those that a demonstration offers. */
  readonly accounts?: DemoView['accounts'];
  readonly traffic?: (system: System) => Traffic | 'being written';
};

/** The whole server on a free port and a database of its own, in this process. */
export async function house({
  proxies = 0,
  quotas = { calls: 0, log: 0 },
  liveReplay = 20_000,
  importLimit = 1024 * 1024,
  metricsToken = null,
  required = [],
  provider = null,
  passwords = true,
  port = 0,
  webFolder = '/nowhere',
  demo = false,
  accounts = [],
  traffic,
}: HouseOptions = {}): Promise<House> {
  const database = await templated('server', (made) => openDatabase(settingsFor(made)).then(({ close }) => close()));
  const lines: string[] = [];
  const log = pino(loggerOptions('trace'), new Writable({ write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()) }));
  const { logins } = await openDatabase(settingsFor(database));
  const system = await openSystem({ logins, settings: { connections: 10, liveReplay }, log });
  const made = traffic?.(system) ?? null;
  const served = await serve({
    system,
    log,
    webFolder,
    secondFactor: { sealer: sealerWith([randomBytes(32)]), required: new Set(required) },
    traffic: () => made,
    demo: () => (demo ? { accounts, password: PASSWORD, progress: null } : null),
    settings: { port, host: '127.0.0.1', proxies, quotas, importLimit, metricsToken, provider, passwords, shutdownSeconds: 2 },
  });
  const looking = new Client(database.url);
  looking.on('error', () => undefined);
  await looking.connect();
  const asJob = <Result>(work: () => Promise<Result>) => withContext({ actor: job('test'), channel: 'job' }, work);
  let people = 0;
  return {
    url: served.url,
    system,
    database,
    serves: served,
    logged: () => lines.join(''),
    person: (role, name = `Person${(people += 1)}`) =>
      asJob(() =>
        createUser(system.orm.em.fork(), {
          firstName: name,
          lastName: role,
          email: `${name}.${role}@example.com`,
          role,
          password: PASSWORD,
          timeZone: 'Europe/Berlin',
        }),
      ),
    site: () =>
      asJob(async () => {
        const em = system.orm.em.fork();
        const site = em.create(Site, { name: `Hall ${crypto.randomUUID()}`, timeZone: 'Europe/Berlin' });
        await em.flush();
        return site.id;
      }),
    token: async (email) => tokenIn(await signIn(served.url, email)),
    sql: async <Row extends object>(text: string, values?: unknown[]) => (await looking.query<Row>(text, values)).rows,
    close: async () => {
      await served.close();
      await system.close();
      await looking.end();
      await database.drop();
    },
  };
}

export const signIn = (url: string, email: string, password: string = PASSWORD, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ email, password }),
  });

export function tokenIn(answer: Response): string {
  const token = /countersign_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1];
  if (token === undefined) throw new Error(`no session came with ${answer.status}`);
  return token;
}

/** A new folder of the system's for temporary ones, and how to remove it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'countersign-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
