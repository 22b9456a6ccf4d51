import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Services } from '@countersign/api/context';
import { Lanes, type Presenter } from '@countersign/api/live/lanes';
import { Presences } from '@countersign/api/presence/presences';
import { Inboxes } from '@countersign/api/notifications/inboxes';
import { Audit, type OpenLog } from '@countersign/audit/audit';
import { COVERAGE_REPAIRED } from '@countersign/audit/entry';
import { balance } from '@countersign/audit/balance';
import { DECLARED, ENTITIES, MANUAL_ACTIONS } from '@countersign/domain/entities';
import { marksOf, notificationsAfter, unreadOf } from '@countersign/domain/messages/notification.queries';
import type { Alert } from '@countersign/domain/messages/alerts';
import { directoryOf } from '@countersign/domain/people/directory';
import { keepPresent, leaveSoon, presentAt } from '@countersign/domain/presence/presence';
import { settingsOf } from '@countersign/domain/people/rights/settings';
import { StillStands } from '@countersign/domain/people/session/still-stands';
import { visibilityOf } from '@countersign/domain/people/viewer';
import { checkBalance } from '@countersign/domain/record/balance/check-balance';
import { Readings } from '@countersign/domain/record/reading/readings';
import { watchReads } from '@countersign/domain/record/unusual/watch-reads';
import { READ_SOURCES } from '@countersign/domain/read-sources';
import { peopleOf, presentEvent } from '@countersign/domain/record/present-event';
import { checkReadable } from '@countersign/domain/timecards/timecard.queries';
import { Timecard } from '@countersign/domain/timecards/timecard';
import { Alarms } from './alarms.ts';
import { alarmTo, gapIn } from './audit-alarms.ts';
import { Backlog } from './backlog.ts';
import { type Counters, openCounters } from './limits/counters.ts';
import type { Logger } from './log.ts';
import type { CheckBalance } from './nightly-balance.ts';
import type { Logins, Settings } from './settings.ts';
import { readiness } from './readiness.ts';
import { OpenStreams } from './sockets/open-streams.ts';
import { UnusualWatch } from './unusual-watch.ts';

/** The business at work on its database: everything but the network. */
export interface System {
  readonly orm: MikroORM;
  readonly trail: OpenLog;
  readonly services: Services;
  /** What nodes count together. */
  readonly counters: Counters;
  /** Whose what is that is open. */
  readonly streams: OpenStreams;
  /** How long something has been known to wait for its number. Milliseconds. */
  readonly waitingFor: () => number;
  /** What isn't as it should be, in words; empty when all is well. */
  readonly readiness: () => Promise<string[]>;
  /** AUD-31: holds the log against the live rows. */
  readonly checkBalance: CheckBalance;
  /** Tells the administrators. */
  readonly alert: (alert: Alert) => void;
  /** Numbers what is committed, then lets go of the database. */
  readonly close: () => Promise<void>;
}

export interface SystemOptions {
  readonly logins: Logins;
  /** Without `dataDir` nothing is deferred. */
  readonly settings: Pick<Settings, 'connections' | 'liveReplay'> & Partial<Pick<Settings, 'dataDir'>>;
  readonly log: Logger;
}

/** @throws PolicyError where the declarations don't fit the entities; whatever keeps the database from answering. */
export async function openSystem({ logins, settings, log }: SystemOptions): Promise<System> {
  const audit = new Audit({ policies: DECLARED, actions: MANUAL_ACTIONS, ...spoolIn(settings.dataDir) });
  const orm = await ormOf(audit, { logins, settings, log });
  try {
    audit.bind(orm);
    const alarms = alarmsOf(orm, log, () => services.inboxes.look());
    const trail = await audit.openLog({ ...logins, alarm: alarmTo(alarms, log) });
    if (trail.uncovered.length) log.warn({ tables: trail.uncovered }, 'no trigger records these tables: bulk and raw changes go unseen');
    trail.feed.onBatch(({ entries }) => {
      for (const { entry } of entries) if (entry.action === COVERAGE_REPAIRED) alarms.raise(gapIn(entry));
    });
    const streams = new OpenStreams({
      fork: () => orm.em.fork(),
      report: (problem) => log.error({ err: problem }, 'sessions could not be checked'),
    });
    const readings = readingsOf({ orm, trail, log });
    const services: Services = servicesOf({ orm, trail, readings, log, streams, maxBehind: settings.liveReplay });
    const watch = watchOf({ orm, trail, log, told: () => services.inboxes.look() });
    const backlog = new Backlog(trail.sequencer);
    const counters = openCounters(logins.app);
    const close = async () => {
      // Whoever asks by a timer lets its answer come: a pool that is ended beneath a question never ends.
      backlog.close();
      services.lanes.close();
      await Promise.all([
        alarms.close(),
        watch.close(),
        streams.stop(),
        services.inboxes.close(),
        services.presences.close(),
        readings.close(),
      ]);
      await Promise.all([trail.close(), counters.close()]);
      await orm.close(true);
    };
    return {
      orm,
      trail,
      services,
      streams,
      counters,
      alert: (alert) => alarms.raise(alert),
      close,
      checkBalance: ({ onDifference, ...options } = {}) =>
        checkBalance({
          em: orm.em,
          told: () => services.inboxes.look(),
          ...(onDifference && { onDifference }),
          balance: (found) => balance({ ...logins, ...options, registry: audit.registry, onDifference: found }),
        }),
      waitingFor: () => backlog.waitingFor(),
      readiness: () => readiness({ orm, trail, backlog }),
    };
  } catch (problem) {
    await orm.close(true);
    throw problem;
  }
}

const ormOf = (audit: Audit, { logins, settings, log }: SystemOptions): Promise<MikroORM> =>
  MikroORM.init({
    entities: ENTITIES,
    clientUrl: logins.app,
    subscribers: [audit.subscriber, new StillStands()],
    driverOptions: audit.driverOptions,
    pool: { max: settings.connections },
    logger: (message) => log.warn(message),
    colors: false,
  });

const spoolIn = (dataDir: string | undefined) => (dataDir === undefined ? {} : { spool: { directory: join(dataDir, 'spool') } });

const readingsOf = ({ orm, trail, log }: Pick<Parts, 'orm' | 'trail' | 'log'>): Readings =>
  new Readings({
    em: orm.em,
    log: trail.log,
    report: (problem) => log.error({ err: problem }, 'who reads the log could not be counted: tried again'),
  });

/** AUD-30: each node looks; the first one finds what there is. */
function watchOf({ orm, trail, log, told }: Pick<Parts, 'orm' | 'trail' | 'log'> & { readonly told: () => void }): UnusualWatch {
  const watch = new UnusualWatch({
    watch: () => watchReads({ em: orm.em, log: trail.log, sources: READ_SOURCES }),
    told,
    report: (problem) => log.error({ err: problem }, 'whether reading was unusual is not known: tried again'),
  });
  const actions = new Set(READ_SOURCES.map(({ action }) => action));
  trail.feed.onBatch(({ entries }) => {
    if (entries.some(({ entry }) => actions.has(entry.action))) watch.noticed();
  });
  watch.noticed();
  return watch;
}

const alarmsOf = (orm: MikroORM, log: Logger, told: () => void): Alarms =>
  new Alarms({ em: orm.em, told, report: (problem) => log.error({ err: problem }, 'the administrators could not be told: tried again') });

interface Parts {
  readonly orm: MikroORM;
  readonly trail: OpenLog;
  readonly readings: Readings;
  readonly log: Logger;
  readonly streams: OpenStreams;
  readonly maxBehind: number;
}

function servicesOf({ orm, trail, readings, log, streams, maxBehind }: Parts): Services {
  const directory = directoryOf(orm.em);
  const presenter: Presenter = async (events) => {
    const names = await directory.get(events.flatMap(peopleOf));
    return (event) => presentEvent(event, names);
  };
  // Before the lanes listen: an event about a person is shown with the name that it gave them.
  trail.feed.onBatch(({ entries }) => {
    for (const { entry } of entries) if (entry.target?.type === 'User') directory.forget(entry.target.id);
  });
  const inboxes = inboxesOf({ orm, trail, log });
  return {
    inboxes,
    presences: presencesOf({ orm, log }),
    fork: () => orm.em.fork(),
    log: readings,
    presenter,
    maxBehind,
    lanes: new Lanes({
      feed: trail.feed,
      presenter,
      turns: streams,
      report: (problem) => log.error({ err: problem }, 'the live feed goes on from the log'),
    }),
    visibility: async (viewer) => visibilityOf(viewer, await settingsOf(orm.em)),
    report: (problem, about) => log.error({ err: problem, ...about }, 'a request failed'),
  };
}

/** What is committed with a notice is in the log at once, on every node: that is when to look for notices. */
function inboxesOf({ orm, trail, log }: Pick<Parts, 'orm' | 'trail' | 'log'>): Inboxes {
  const inboxes = new Inboxes({
    reader: {
      marks: (people) => marksOf(orm.em, people),
      after: (person, number, limit) => notificationsAfter(orm.em, person, number, limit),
      unread: (person) => unreadOf(orm.em, person),
    },
    report: (problem) => log.error({ err: problem }, 'notices could not be looked for: tried again'),
  });
  trail.feed.onBatch(() => inboxes.look());
  return inboxes;
}

/** AUD-25: nodes share who is there by the database, apart from what is recorded. */
const presencesOf = ({ orm, log }: Pick<Parts, 'orm' | 'log'>): Presences =>
  new Presences({
    store: {
      keep: (tabs, seconds) => keepPresent(orm.em, tabs, seconds),
      leave: (ids, seconds) => leaveSoon(orm.em, ids, seconds),
      present: (roots) => presentAt(orm.em, roots),
    },
    names: (people) => directoryOf(orm.em).get(people),
    admit: async (viewer, root) => {
      const [, id = ''] = root.split(':');
      checkReadable(await orm.em.fork().findOne(Timecard, { id }), viewer);
    },
    report: (problem) => log.error({ err: problem }, 'who has what open is not known: tried again'),
  });
