import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { changeSet, job, withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import type { LogReader } from '@countersign/audit/log';
import { now } from '../../clock.ts';
import { Responsibility } from '../../people/responsibility.ts';
import { settingsOf } from '../../people/settings.ts';
import { siteScope } from '../../people/site.ts';
import { User } from '../../people/user.ts';
import { COUNTS } from '../../people/viewer.ts';
import { DAY, dayOfRead, type Habit, HABIT_DAYS, habitOf, HOUR, learned, noDay } from './habit.rules.ts';
import type { NotedRead } from './noted-read.rules.ts';
import { raise, type Raised } from './raise.ts';
import { ReadHabit, ReadTrace, ReadWatch } from './read-watch.ts';
import type { ReadSource } from './read-source.ts';
import { UnusualAccess } from './unusual-access.ts';
import { tellUnusual } from './unusual-notices.ts';
import { unusualIn, type UnusualLimits } from './unusual.rules.ts';

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
  // Of what is long ago something is learned: nobody is told of it now.
  const recent = fresh.filter(({ lastAt }) => lastAt.getTime() > now().getTime() - DAY);
  const findings = recent.length
    ? unusualIn({
        reads,
        fresh: recent,
        habit: await habitBefore(tx, user, recent),
        limits,
        timeZone,
        ownAreas: await responsibleAreas(tx, user),
      })
    : [];
  const raised: Raised[] = [];
  for (const finding of findings) {
    const one = await raise(tx, { reader: user.id, timeZone, finding });
    if (one) raised.push(one);
  }
  await learn(tx, user, { fresh, before: before.map(noted) });
  for (const read of fresh) tx.create(ReadTrace, { ...read });
  await tx.flush();
  return raised;
}

const noted = (trace: ReadTrace): NotedRead => ({ ...trace, label: trace.label ?? null, filter: trace.filter ?? null });

/**
 * What was usual before the day of these reads. A day on which something was noticed counts once somebody has explained it: else
 * whoever takes an account over would make a habit of it.
 */
async function habitBefore(tx: EntityManager, { id, timeZone }: User, reads: readonly NotedRead[]): Promise<Habit | null> {
  const today = reads.map((read) => dayOfRead(read, timeZone)).toSorted()[0] as string;
  const days = await tx.find(ReadHabit, { reader: id, day: { $gte: daysBefore(today, HABIT_DAYS), $lt: today } });
  const from = new Date(Date.parse(today) - (HABIT_DAYS + 1) * DAY);
  const open = await tx.find(UnusualAccess, { reader: id, state: 'open', lastAt: { $gt: from } });
  const noticed = new Set(open.map(({ lastAt }) => dayOfRead({ firstAt: lastAt }, timeZone)));
  return habitOf(days.filter(({ day }) => !noticed.has(day)));
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
}

async function learn(tx: EntityManager, { id, timeZone }: User, { fresh, before }: Learned): Promise<void> {
  for (const [day, reads] of Map.groupBy(fresh, (read) => dayOfRead(read, timeZone))) {
    const known = await tx.findOne(ReadHabit, { reader: id, day });
    const sum = learned(known ?? noDay(day), reads, { before, timeZone });
    if (known) tx.assign(known, sum);
    else tx.create(ReadHabit, { reader: id, ...sum });
  }
}

async function forgetOld(tx: EntityManager): Promise<void> {
  const at = now().getTime();
  await tx.nativeDelete(ReadTrace, { lastAt: { $lt: new Date(at - TRACES_KEPT) } });
  const oldest = new Date(at - (HABIT_DAYS + 2) * DAY).toISOString().slice(0, 10);
  await tx.nativeDelete(ReadHabit, { day: { $lt: oldest } });
}
