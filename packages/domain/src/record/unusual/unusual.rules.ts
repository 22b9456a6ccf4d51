import { DAY, type Habit, HOUR, hourOf } from './habit.rules.ts';
import { amountOf, differentIn, exportedIn, mostWithin, type NotedRead, peopleIn, rowsIn, type Stretch } from './noted-read.rules.ts';

/** AUD-30: in what way reading can be unusual. */
export const UNUSUAL_KINDS = ['many_records', 'many_rows', 'many_people', 'large_export', 'odd_hours', 'other_area'] as const;
export type UnusualKind = (typeof UNUSUAL_KINDS)[number];

/** From where on it is; settings of the organisation. */
export interface UnusualLimits {
  /** Different records of others within an hour, while nobody knows what is usual for somebody. */
  readonly unusualRecords: number;
  /** Rows of the log about others within an hour, likewise. */
  readonly unusualRows: number;
  /** Different people whose records were shown or taken away within an hour, likewise. */
  readonly unusualPeople: number;
  /** Records that leave as files within a day, likewise. */
  readonly unusualExports: number;
  /** How many times the most of the past weeks. */
  readonly unusualTimes: number;
  /** Hours between an unusual hour and the nearest usual one. */
  readonly unusualHoursApart: number;
  /** Records read at such an hour, or in another area, before anybody is told: a page that was left open is one. */
  readonly unusualFewest: number;
}

/** What was unusual, with all that it rests on. */
export interface Finding {
  readonly kind: UnusualKind;
  readonly count: number;
  /** More than this is unusual; of hours and areas so many are. */
  readonly allowed: number;
  /** The most of the past weeks; null where that isn't what it is compared with. */
  readonly usual: number | null;
  /** The hours or areas in question, and those that are usual. */
  readonly about: { readonly found: readonly string[]; readonly usual: readonly string[] };
  readonly reads: readonly NotedRead[];
}

export interface Judged {
  /** Those of the last day, the fresh ones among them. */
  readonly reads: readonly NotedRead[];
  readonly fresh: readonly NotedRead[];
  /** Of the days before; null while there is none. */
  readonly habit: Habit | null;
  readonly limits: UnusualLimits;
  /** Whose clock it is. */
  readonly timeZone: string;
  /** Areas that somebody is responsible for: those are never unusual. */
  readonly ownAreas: readonly string[];
}

/** In what ways what somebody read lately is unusual for them. */
export const unusualIn = (judged: Judged): Finding[] =>
  [manyRecords(judged), manyRows(judged), manyPeople(judged), largeExport(judged), oddHours(judged), otherArea(judged)].filter(
    (finding) => finding !== null,
  );

const NOTHING_MORE = { found: [], usual: [] } as const;

function manyRecords({ reads, fresh, habit, limits }: Judged): Finding | null {
  const most = mostWithin(reads, { ends: fresh, length: HOUR, count: differentIn });
  const usual = habit?.records || null;
  const allowed = allowedFrom(limits.unusualRecords, usual, limits.unusualTimes);
  const named = ({ records }: NotedRead) => records.length > 0;
  return beyond(allowed, most) ? { kind: 'many_records', ...found(most, named), allowed, usual, about: NOTHING_MORE } : null;
}

/** Whoever pages through lists opens no record, and has read them all the same. */
function manyRows({ reads, fresh, habit, limits }: Judged): Finding | null {
  const most = mostWithin(reads, { ends: fresh, length: HOUR, count: rowsIn, whole: true });
  const usual = habit?.rows || null;
  const allowed = allowedFrom(limits.unusualRows, usual, limits.unusualTimes);
  const counted = ({ ofOthers }: NotedRead) => ofOthers > 0;
  return beyond(allowed, most) ? { kind: 'many_rows', ...found(most, counted), allowed, usual, about: NOTHING_MORE } : null;
}

function manyPeople({ reads, fresh, habit, limits }: Judged): Finding | null {
  const most = mostWithin(reads, { ends: fresh, length: HOUR, count: peopleIn, whole: true });
  const usual = habit?.people || null;
  const allowed = allowedFrom(limits.unusualPeople, usual, limits.unusualTimes);
  const counted = ({ people }: NotedRead) => people > 0;
  return beyond(allowed, most) ? { kind: 'many_people', ...found(most, counted), allowed, usual, about: NOTHING_MORE } : null;
}

function largeExport({ reads, fresh, habit, limits }: Judged): Finding | null {
  const most = mostWithin(reads, { ends: fresh, length: DAY, count: exportedIn });
  const usual = habit?.exported || null;
  const allowed = allowedFrom(limits.unusualExports, usual, limits.unusualTimes);
  const left = ({ exported }: NotedRead) => exported > 0;
  return beyond(allowed, most) ? { kind: 'large_export', ...found(most, left), allowed, usual, about: NOTHING_MORE } : null;
}

function oddHours({ reads, fresh, habit, limits, timeZone }: Judged): Finding | null {
  if (!habit?.hours.length) return null;
  const { hours } = habit;
  const isOdd = ({ firstAt }: NotedRead) => hoursApart(hourOf(firstAt, timeZone), hours) >= limits.unusualHoursApart;
  const odd = stretchOf(reads, fresh, isOdd);
  const allowed = limits.unusualFewest - 1;
  if (!beyond(allowed, odd)) return null;
  const hoursFound = [...new Set(odd.reads.map(({ firstAt }) => hourOf(firstAt, timeZone)))];
  return { kind: 'odd_hours', ...odd, allowed, usual: null, about: { found: hoursFound.map(String), usual: hours.map(String) } };
}

function otherArea({ reads, fresh, habit, limits, ownAreas }: Judged): Finding | null {
  if (!habit?.areas.length) return null;
  const known = new Set([...habit.areas, ...ownAreas]);
  const isOther = ({ areas }: NotedRead) => areas.length > 0 && !areas.some((area) => known.has(area));
  const other = stretchOf(reads, fresh, isOther);
  const allowed = limits.unusualFewest - 1;
  if (!beyond(allowed, other)) return null;
  const areasFound = [...new Set(other.reads.flatMap(({ areas }) => areas))];
  return { kind: 'other_area', ...other, allowed, usual: null, about: { found: areasFound, usual: [...habit.areas] } };
}

/** The most within an hour among those of a kind that show anything of others' records. */
function stretchOf(reads: readonly NotedRead[], fresh: readonly NotedRead[], isOne: (read: NotedRead) => boolean): Stretch | null {
  const counts = (read: NotedRead) => isOne(read) && amountOf([read]) > 0;
  return mostWithin(reads.filter(counts), { ends: fresh.filter(counts), length: HOUR, count: amountOf });
}

const beyond = (allowed: number, stretch: Stretch | null): stretch is Stretch => stretch !== null && stretch.count > allowed;
const found = ({ count, reads }: Stretch, matters: (read: NotedRead) => boolean): Stretch => ({ count, reads: reads.filter(matters) });

/** Of the absolute limit: below half of it nothing is much, however little is usual; above five times it everything is, however used one is to it. */
const LEAST = 0.5;
const MOST = 5;

/** More than this is unusual: so many times what is usual, within bounds; the absolute limit where nobody knows what is. */
export function allowedFrom(absolute: number, usual: number | null, times: number): number {
  if (usual === null) return absolute;
  return Math.round(Math.min(MOST * absolute, Math.max(LEAST * absolute, times * usual)));
}

/** Hours between one of a clock and the nearest of some others, whichever way round. */
export function hoursApart(hour: number, others: readonly number[]): number {
  const apart = others.map((other) => Math.abs(hour - other));
  return Math.min(12, ...apart.map((hours) => Math.min(hours, 24 - hours)));
}

/** Hours for which what was noticed once is noticed again only if it has doubled. */
export const PERIOD = 24 * HOUR;

/** Whether what is found now is more than a repetition of what was told. */
export const hasGrown = (told: number, now: number): boolean => now >= 2 * told;
