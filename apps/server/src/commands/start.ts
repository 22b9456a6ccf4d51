import { fileURLToPath } from 'node:url';
import { recordRefusals } from '@countersign/domain/record/access-refused';
import { type Database, openDatabase } from '../database/database.ts';
import { LogWatch } from '../database/log-watch.ts';
import { demoState } from '../demo/seed.ts';
import { openDemonstration } from '../demonstration.ts';
import { watchDisk } from '../disk-watch.ts';
import { Lifetime } from '../lifetime.ts';
import { portsOf } from '../messages/ports.ts';
import { openPostman } from '../messages/postman.ts';
import { type Logger, openLogger } from '../log.ts';
import { openSealer, requiredOf } from '../sealing.ts';
import { serve } from '../serve.ts';
import { readSettings, type Settings } from '../settings.ts';
import { watchSights } from '../sight-watch.ts';
import { openSystem, type System } from '../system.ts';

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Starts everything and stays until a signal, or a failure that nobody expected; resolves with the exit code. */
export async function start(): Promise<number> {
  const settings = readSettings(process.env);
  const log = openLogger(settings.logLevel);
  const lifetime = new Lifetime();
  const over = untilTheEnd(log);
  try {
    const greeting = await startAll(settings, log, lifetime);
    console.log(greeting);
  } catch (problem) {
    await lifetime.end(log);
    throw problem;
  }
  const code = await over;
  return (await lifetime.end(log)) ? code : 1;
}

async function startAll(settings: Settings, log: Logger, lifetime: Lifetime): Promise<string> {
  const database = await openDatabase(settings);
  lifetime.began('the database', database.close);
  for (const problem of database.unprotected) log.warn(problem);
  for (const gap of database.gaps) log.error(gap);
  if (database.migrated.length) log.info({ migrations: database.migrated }, 'the database was migrated');
  const system = await openSystem({ logins: database.logins, settings, log });
  lifetime.began('the log and the connections', system.close);
  watchLog(database, { system, log, lifetime });
  const stopDisk = watchDisk({
    folder: settings.dataDir,
    watermark: settings.diskWatermark,
    alert: system.alert,
    report: (problem) => log.error({ err: problem }, 'how full the disk is: tried again'),
  });
  lifetime.began('the watch over the disk', stopDisk);
  const stopSights = watchSights(system.orm.em, (problem) => log.error({ err: problem }, 'ends of sights: tried again'));
  lifetime.began('the watch over sights', stopSights);
  await startPostman({ system, appUrl: database.logins.app, settings, log, lifetime });
  const demo = settings.demo ? await openDemonstration({ owner: database.owner, system, log }) : null;
  // A demo that was broken off may have left its clock in the log: it goes, whether a demo is wanted now or not.
  if (!settings.demo) await demoState(database.owner);
  if (demo) lifetime.began('the demonstration', demo.stop);
  const secondFactor = { sealer: await openSealer(settings, { em: system.orm.em, log }), required: requiredOf(settings, demo !== null) };
  const served = await serve({
    system,
    settings,
    secondFactor,
    log,
    webFolder: WEB,
    demo: () => demo?.view() ?? null,
    traffic: () => demo?.traffic() ?? null,
  });
  lifetime.began('the server', served.close);
  return greetingOf(served.url, { database, demo: demo?.view() ?? null });
}

/** What privileges refuse, where the database's own log can be read. */
function watchLog({ logFile, owner }: Database, { system, log, lifetime }: Pick<PostmanParts, 'system' | 'log' | 'lifetime'>): void {
  if (logFile === null) return;
  const watch = new LogWatch({
    file: logFile,
    database: decodeURIComponent(new URL(owner).pathname.slice(1)),
    told: async (refusals) => {
      await recordRefusals(system.orm.em, refusals);
      const text = refusals.map(({ database_user, table, times }) => `${database_user}: ${table}, ${times}×`).join('; ');
      system.alert({ topic: 'audit-access', title: 'Access to the audit log was refused', text, path: '/admin/health' });
    },
    report: (problem) => log.error({ err: problem }, 'the log of the database: tried again'),
  });
  lifetime.began('the watch over the log of the database', () => watch.close());
}

interface PostmanParts {
  readonly system: System;
  readonly appUrl: string;
  readonly settings: Settings;
  readonly log: Logger;
  readonly lifetime: Lifetime;
}

async function startPostman({ system: { orm, checkBalance }, appUrl, settings, log, lifetime }: PostmanParts): Promise<void> {
  const { ports, close } = await portsOf(orm.em, settings.messages);
  lifetime.began('the ways out', () => Promise.resolve(close()));
  const report = (problem: unknown) => log.error({ err: problem }, 'messages: tried again');
  const postman = await openPostman({ orm, appUrl, ports, report, balance: checkBalance });
  lifetime.began('the postman', postman.close);
}

interface Offered {
  readonly database: Pick<Database, 'address' | 'dataDir'>;
  readonly demo: { readonly accounts: readonly { readonly email: string }[]; readonly password: string } | null;
}

function greetingOf(url: string, { database, demo }: Offered): string {
  const lines = ['', `  Countersign is at ${url}`, `  Its interface is described at ${url}/docs`];
  if (database.address !== null) lines.push(`  The database: ${database.address}`);
  if (database.dataDir !== null) lines.push(`  Its data lie in ${database.dataDir}`);
  if (demo) lines.push(`  Sign in as ${demo.accounts.map(({ email }) => email).join(', ')}`, `  Everybody's password is ${demo.password}`);
  return [...lines, ''].join('\n');
}

/** A signal often comes twice, from the terminal and from whoever started us. Milliseconds. */
const SAME_SIGNAL = 1_000;

/** Resolves with the exit code: 0 after a signal, 1 after a failure that nobody caught. Who asks again doesn't want to wait. */
function untilTheEnd(log: Logger): Promise<number> {
  return new Promise((resolve) => {
    let asked = 0;
    const signalled = (signal: NodeJS.Signals) => {
      if (asked && Date.now() - asked > SAME_SIGNAL) process.exit(1);
      asked ||= Date.now();
      log.info(`${signal}: stopping`);
      resolve(0);
    };
    process.on('SIGTERM', signalled).on('SIGINT', signalled);
    const failed = (problem: unknown) => {
      log.fatal({ err: problem }, 'a failure that nobody caught: stopping');
      resolve(1);
    };
    process.on('unhandledRejection', failed).on('uncaughtException', failed);
  });
}
