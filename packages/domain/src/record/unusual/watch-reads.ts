import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { changeSet, job, withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import type { LogReader } from '@countersign/audit/log';
import { now } from '../../clock.ts';
import { Responsibility } from '../../people/responsibility.ts';
import { settingsOf } from '../../people/rights/settings.ts';
import { siteScope } from '../../people/site.ts';
import { User } from '../../people/user.ts';
import { COUNTS } from '../../people/viewer.ts';
import { DAY, dayOfRead, type Habit, HABIT_DAYS, habitOf, HOUR, learned, noDay } from './habit.rules.ts';
import type { NotedRead } from './noted-read.rules.ts';
import { type Noticed, raise, type Raised } from './raise.ts';
import { ReadHabit, ReadTrace, ReadWatch } from './read-watch.ts';
import type { ReadSource } from './read-source.ts';
import { UnusualAccess } from './unusual-access.ts';
import { tellUnusual } from './unusual-notices.ts';
import { type Finding, unusualIn, type UnusualLimits } from './unusual.rules.ts';

export interface WatchOptions {
  readonly em: EntityManager;
  readonly log: LogReader;
  readonly sources: readonly ReadSource[];
}

/** Events of reading that are looked through in one transaction. */
const AT_ONCE = 200;
/** Reads of one person within a day that are held against each other; of more the newest ones. */
const OF_ONE = 2_000;
/** Milliseconds for which a read is remembered by itself: what is compared is at most a day. */
const TRACES_KEPT = DAY + HOUR;

const ALL = { everything: true, keys: [], sensitive: false } as const;

/**
 * AUD-30: looks through what the log says of reading since the last look, learns what is usual, and raises what isn't. How far
 * it looked, what it learned and what it raised are saved together: whatever is killed, nothing is noticed twice or passed over, on
 * however many nodes. Answers with how much was raised.
 */
export async function watchReads(options: WatchOptions): Promise<number> {
  let raised = 0;
  for (;;) {
    const step = await watchSome(options);
    raised += step.raised;
    if (step.done) return raised;
  }
}

interface Step {
  readonly raised: number;
  readonly done: boolean;
}

const watchSome = ({ em, log, sources }: WatchOptions): Promise<Step> =>
  changeSet('unusual_access.watch', () =>
    withContext({ actor: job('unusual access'), channel: 'job' }, () =>
      em.fork().transactional(async (tx) => {
        const watch = await tx.findOneOrFail(ReadWatch, { id: 1 }, { lockMode: LockMode.PESSIMISTIC_WRITE });
        const stretch = await log.after(watch.position, { action: sources.map(({ action }) => action) }, ALL, AT_ONCE);
        const reads = notedIn(stretch.events, sources);
        const raised = reads.length ? await judgeAll(tx, reads) : [];
        if (raised.length) await tellUnusual(tx, raised);
        watch.position = stretch.to;
        const done = stretch.events.length < AT_ONCE;
        if (done && reads.length) await forgetOld(tx);
        return { raised: raised.length, done };
      }),
    ),
  );

function notedIn(events: readonly Event[], sources: readonly ReadSource[]): NotedRead[] {
  const byAction = new Map(sources.map((source) => [source.action, source]));
  return events.flatMap((event) => byAction.get(event.action)?.read(event) ?? []);
}

async function judgeAll(tx: EntityManager, reads: readonly NotedRead[]): Promise<Raised[]> {
  const limits = await settingsOf(tx);
  const raised: Raised[] = [];
  for (const [reader, fresh] of Map.groupBy(reads, (read) => read.reader)) {
    const user = await tx.findOne(User, { id: reader });
    if (user) raised.push(...(await judgeOne(tx, { user, fresh, limits })));
  }
  return raised;
}

interface Judging {
  readonly user: User;
  readonly fresh: readonly NotedRead[];
  readonly limits: UnusualLimits;
}

async function judgeOne(tx: EntityManager, { user, fresh, limits }: Judging): Promise<Raised[]> {
  const { timeZone } = user;
  const since = new Date(Math.min(...fresh.map(({ lastAt }) => lastAt.getTime())) - DAY);
  const traces = { reader: user.id, lastAt: { $gt: since } };
  const before = await tx.find(ReadTrace, traces, { orderBy: { lastAt: 'desc' }, limit: OF_ONE });
  const reads = [...before.map(noted).toReversed(), ...fresh];
  const ownAreas = await responsibleAreas(tx, user);
  const judged = async (some: readonly NotedRead[]): Promise<Finding[]> =>
    some.length ? unusualIn({ reads, fresh: some, habit: await habitBefore(tx, user, some), limits, timeZone, ownAreas }) : [];
  // Nobody is told now of what is long ago, but it makes no habit either.
  const { recent = [], late = [] } = Object.groupBy(fresh, ({ lastAt }) => (lastAt.getTime() > now().getTime() - DAY ? 'recent' : 'late'));
  const noticed: Noticed[] = (await judged(late)).map(({ reads: rests }) => ({ reads: rests, alert: null }));
  const raised: Raised[] = [];
  for (const finding of await judged(recent)) {
    const one = await raise(tx, { reader: user.id, timeZone, finding });
    noticed.push({ reads: finding.reads, alert: one.access.id });
    if (one.isNews) raised.push(one);
  }
  await learn(tx, user, { fresh, before: before.map(noted), noticed });
  for (const read of fresh) tx.create(ReadTrace, { ...read });
  await tx.flush();
  return raised;
}

const noted = (trace: ReadTrace): NotedRead => ({ ...trace, label: trace.label ?? null, filter: trace.filter ?? null });

/**
 * What was usual before the day of these reads. A day on which something was noticed counts once somebody has said that it was
 * right: else whoever takes an account over would make a habit of it.
 */
async function habitBefore(tx: EntityManager, { id, timeZone }: User, reads: readonly NotedRead[]): Promise<Habit | null> {
  const today = reads.map((read) => dayOfRead(read, timeZone)).toSorted()[0] as string;
  const days = await tx.find(ReadHabit, { reader: id, day: { $gte: daysBefore(today, HABIT_DAYS), $lt: today } });
  const alerts = [...new Set(days.flatMap((day) => day.alerts))];
  const right = await tx.find(UnusualAccess, { id: { $in: alerts }, state: 'explained', verdict: 'right' }, { fields: ['id'] });
  const isRight = new Set(right.map((alert) => alert.id));
  return habitOf(days.filter((day) => !day.setAside && day.alerts.every((alert) => isRight.has(alert))));
}

const daysBefore = (day: string, days: number): string => new Date(Date.parse(day) - days * DAY).toISOString().slice(0, 10);

/** Sites that somebody is responsible for: looking there is their work, however seldom they do. */
async function responsibleAreas(tx: EntityManager, { id, role }: User): Promise<string[]> {
  const kind = COUNTS[role];
  if (!kind) return [];
  const held = await tx.find(Responsibility, { holder: id, kind, site: { $ne: null } });
  return held.flatMap(({ site }) => (site ? [siteScope(site.id)] : []));
}

interface Learned {
  readonly fresh: readonly NotedRead[];
  readonly before: readonly NotedRead[];
  readonly noticed: readonly Noticed[];
}

async function learn(tx: EntityManager, { id, timeZone }: User, { fresh, before, noticed }: Learned): Promise<void> {
  const dayOfOne = (read: NotedRead) => dayOfRead(read, timeZone);
  for (const [day, reads] of Map.groupBy(fresh, dayOfOne)) {
    const known = await dayOf(tx, id, day);
    tx.assign(known, learned(known, reads, { before, timeZone }));
  }
  // What was noticed may rest on the evening before as well.
  for (const { reads, alert } of noticed) {
    for (const day of new Set(reads.map(dayOfOne))) {
      const known = await dayOf(tx, id, day);
      if (alert === null) known.setAside = true;
      else if (!known.alerts.includes(alert)) known.alerts = [...known.alerts, alert];
    }
  }
}

async function dayOf(tx: EntityManager, reader: string, day: string): Promise<ReadHabit> {
  const known = await tx.findOne(ReadHabit, { reader, day });
  return known ?? tx.create(ReadHabit, { reader, ...noDay(day), alerts: [], setAside: false });
}

async function forgetOld(tx: EntityManager): Promise<void> {
  const at = now().getTime();
  await tx.nativeDelete(ReadTrace, { lastAt: { $lt: new Date(at - TRACES_KEPT) } });
  const oldest = new Date(at - (HABIT_DAYS + 2) * DAY).toISOString().slice(0, 10);
  await tx.nativeDelete(ReadHabit, { day: { $lt: oldest } });
}
