import type { z } from 'zod';
import { Temporal } from 'temporal-polyfill';
import type { Filter } from '@countersign/audit/filter';
import { boundsOf } from '../day.rules.ts';
import type { liveInput, overviewInput, pageInput } from './record.views.ts';

type OneOrMore = string | readonly string[] | undefined;

/** One value or several as the list that a filter takes; nothing at all where none was given. */
export const listOf = (values: OneOrMore): readonly string[] | undefined => (values === undefined ? undefined : [values].flat());

const isDay = (text: string) => text.length === 10;

/** The beginning of a range: an instant as it is, a day from its first instant in the zone. */
export const rangeStart = (text: string | undefined, timeZone: string): string | undefined =>
  text !== undefined && isDay(text) ? boundsOf(text, timeZone).start : text;

/** The end of a range, inclusive: an instant as it is, a day to its last microsecond, the finest that the log keeps. */
export function rangeEnd(text: string | undefined, timeZone: string): string | undefined {
  if (text === undefined || !isDay(text)) return text;
  return Temporal.Instant.from(boundsOf(text, timeZone).end).subtract({ microseconds: 1 }).toString();
}

/** What a page of the log or the live feed was asked for, as the log's own filter. Days are days of the zone. */
export function filterOf(
  input: z.output<typeof pageInput> | z.output<typeof liveInput> | Omit<z.output<typeof overviewInput>, 'bars' | 'timeZone'>,
  timeZone: string,
): Filter {
  return {
    area: listOf(input.area),
    withoutArea: listOf(input.withoutArea),
    action: listOf(input.action),
    actor: listOf(input.actor),
    withoutActor: listOf(input.withoutActor),
    subject: listOf(input.subject),
    target: listOf(input.target),
    root: listOf(input.root),
    field: listOf(input.field),
    text: listOf(input.text),
    change: listOf(input.change),
    ...('from' in input && { from: rangeStart(input.from, timeZone) }),
    ...('to' in input && { to: rangeEnd(input.to, timeZone) }),
  };
}
