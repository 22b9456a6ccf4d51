import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './demo/accounts.ts';
import { demoState, type Progress, seedDemo } from './demo/seed.ts';
import { Traffic } from './demo/traffic/traffic.ts';
import type { DemoView } from './http/session-routes.ts';
import type { Logger } from './log.ts';
import type { System } from './system.ts';

export interface DemonstrationOptions {
  readonly owner: string;
  readonly system: Pick<System, 'orm' | 'trail' | 'services'>;
  readonly log: Logger;
}

/** The demonstration that this server offers, being filled in the background or complete. */
export interface Demonstration {
  readonly view: () => DemoView;
  readonly traffic: () => Traffic | 'being written';
  /** Breaks the filling off after the step in hand; the next start continues it. */
  readonly stop: () => Promise<void>;
}

/** Offers the demonstration that the database holds, or fills an empty one with it; null where somebody's own data are in it. */
export async function openDemonstration({ owner, system, log }: DemonstrationOptions): Promise<Demonstration | null> {
  const state = await demoState(owner);
  if (state === 'foreign') {
    log.warn('this database holds data of your own: no demonstration is put among them');
    return null;
  }
  let progress: Progress | null = null;
  const end = new AbortController();
  const skipped = (problem: unknown) => log.info({ err: problem }, 'a step of the demonstration was left out: a visitor was faster');
  const seeding =
    state === 'finished'
      ? Promise.resolve()
      : seedDemo({
          orm: system.orm,
          log: system.trail.log,
          ownerUrl: owner,
          signal: end.signal,
          skipped,
          progress: (now) => (progress = now),
        });
  const done = seeding.then(
    () => (progress = null),
    (problem: unknown) => {
      progress = null;
      log.error({ err: problem }, 'the demonstration could not be completed');
    },
  );
  const traffic = new Traffic({
    runtime: system.services,
    watchers: (keys) => system.services.lanes.watchers(keys),
    report: (problem) => log.warn({ err: problem }, 'an edit of the traffic failed'),
  });
  return {
    traffic: () => (progress ? 'being written' : traffic),
    view: () => ({ accounts: [...DEMO_ACCOUNTS], password: DEMO_PASSWORD, progress }),
    stop: async () => {
      end.abort();
      await traffic.stop();
      await done;
    },
  };
}
