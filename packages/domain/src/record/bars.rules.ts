import { Temporal } from 'temporal-polyfill';
import { boundsOf, dayOf } from '../day.rules.ts';

/** Minutes of a bar that is shorter than a day; a day of any length begins with one. */
const MINUTES = [15, 30, 60, 180, 360, 720] as const;
/** Days of a bar; those of seven begin on Monday. */
const LONGEST = 364;
const DAYS = [1, 7, 28, 91, LONGEST] as const;

const DAY_MINUTES = 24 * 60;

/**
 * The bounds of a histogram's bars, at most `atMost` and one or two, over events between two instants: quarters of an hour, hours,
 * days and weeks of the zone, so that a bar can be named; a day of 23 or 25 hours is one of them.
 */
export function barEdges(
  first: string,
  last: string,
  { timeZone, atMost }: { readonly timeZone: string; readonly atMost: number },
): string[] {
  const minutes = (Date.parse(last) - Date.parse(first)) / 60_000 + 15;
  const width = MINUTES.find((one) => minutes / one <= atMost);
  const edges =
    width === undefined
      ? dayEdges(first, last, { timeZone, days: daysFor(minutes, atMost) })
      : minuteEdges(first, last, { timeZone, width });
  const begin = edges.findLastIndex((edge) => Date.parse(edge) <= Date.parse(first));
  const end = edges.findIndex((edge) => Date.parse(edge) > Date.parse(last));
  return edges.slice(Math.max(0, begin), end < 0 ? undefined : end + 1);
}

const daysFor = (minutes: number, atMost: number) => DAYS.find((days) => minutes / DAY_MINUTES / days <= atMost) ?? LONGEST;

function minuteEdges(first: string, last: string, { timeZone, width }: { readonly timeZone: string; readonly width: number }): string[] {
  const edges: string[] = [];
  const stop = Date.parse(last) + width * 60_000;
  for (let day = dayOf(first, timeZone); ; day = addDays(day, 1)) {
    const { start, end } = boundsOf(day, timeZone);
    for (let at = Date.parse(start); at < Date.parse(end); at += width * 60_000) {
      edges.push(new Date(at).toISOString());
      if (at > stop) return edges;
    }
  }
}

function dayEdges(first: string, last: string, { timeZone, days }: { readonly timeZone: string; readonly days: number }): string[] {
  const edges: string[] = [];
  const firstDay = Temporal.PlainDate.from(dayOf(first, timeZone));
  const begin = days % 7 === 0 ? firstDay.subtract({ days: firstDay.dayOfWeek - 1 }) : firstDay;
  for (let day = begin.toString(); ; day = addDays(day, days)) {
    const { start } = boundsOf(day, timeZone);
    edges.push(new Date(start).toISOString());
    if (Date.parse(start) > Date.parse(last)) return edges;
  }
}

const addDays = (day: string, days: number) => Temporal.PlainDate.from(day).add({ days }).toString();
