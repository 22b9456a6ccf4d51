import { READ_VIEWS } from '../reading/read-view.rules.ts';
import type { RecordedFilter } from '../reading/recorded-filter.rules.ts';
import type { UnusualKind } from './unusual.rules.ts';

/** What an alert says, as far as words are made of it. */
export interface Told {
  readonly kind: UnusualKind;
  readonly count: number;
  readonly allowed: number;
  readonly usual: number | null;
  readonly about: { readonly found: readonly string[]; readonly usual: readonly string[] };
  readonly timeZone: string;
}

/** Sites' names by `site:…`, and what kinds of record are called. */
export type AreaNames = ReadonlyMap<string, string>;

/** What was unusual and why, in one sentence without a name. */
export function headlineOf({ kind, count, allowed, usual, about, timeZone }: Told, areas: AreaNames): string {
  const compared = usual === null ? 'nobody knows yet what is usual for them' : `the most in five weeks was ${number(usual)}`;
  switch (kind) {
    case 'many_records':
      return `Read ${counted(count, 'different record')} within an hour; more than ${number(allowed)} is unusual, since ${compared}.`;
    case 'many_rows':
      return `Read ${counted(count, 'row')} about others within an hour; more than ${number(allowed)} is unusual, since ${compared}.`;
    case 'many_people':
      return `Read or took away records of ${counted(count, 'different person', 'different people')} or more within an hour; more than ${number(allowed)} is unusual, since ${compared}.`;
    case 'large_export':
      return `Took ${counted(count, 'record')} away as files within a day; more than ${number(allowed)} is unusual, since ${compared}.`;
    case 'odd_hours':
      return `Read ${counted(count, 'record')} ${listed(about.found.map(hourText), 'and')} (${timeZone}); in five weeks they read ${listed(rangesOf(about.usual.map(Number)), 'and')}.`;
    case 'other_area':
      return `Read ${counted(count, 'record')} of ${listed(
        about.found.map((area) => areaText(area, areas)),
        'and',
      )}, where they had read nothing in five weeks.`;
    default:
      return kind satisfies never;
  }
}

/** One reading event, as far as words are made of it. */
export interface ToldRow {
  readonly view: string;
  readonly records: readonly string[];
  readonly label: string | null;
  readonly times: number;
  readonly rows: number;
  readonly people?: number | undefined;
  readonly exported: number;
  readonly filter: RecordedFilter | null;
}

/** What was read, in one sentence. */
export function sentenceOf({ view, records, label, times, rows, people = 0, exported }: ToldRow): string {
  const often = times === 1 ? '' : times === 2 ? ', twice' : `, ${number(times)} times`;
  const what = label ?? (records.length === 1 ? 'a record' : counted(records.length, 'record'));
  const whose = people > 0 ? ` of ${counted(people, 'person', 'people')}` : '';
  if (exported > 0 || view === 'export') return `Took ${counted(exported, 'record')}${whose} away as a file${often}.`;
  switch (view) {
    case 'trail':
      return `Read the trail of ${what}${often}, ${counted(rows, 'row')} in all.`;
    case 'event':
      return `Opened ${times === 1 ? 'an event' : `${number(times)} events`} of ${what}.`;
    case 'as_of':
      return `Looked at ${what} as of a moment${often}.`;
    case 'person':
      return `Read what happened to the records of ${counted(Math.max(records.length, people), 'person', 'people')}${often}, ${counted(rows, 'row')} in all.`;
    case 'record':
      return `Opened ${what}${often}.`;
    default:
      return `Read “${Object.hasOwn(READ_VIEWS, view) ? READ_VIEWS[view as keyof typeof READ_VIEWS] : view}”${often}, ${counted(rows, 'row')}${whose} in all.`;
  }
}

const number = (value: number) => value.toLocaleString('en');
const counted = (count: number, what: string, several = `${what}s`) => `${number(count)} ${count === 1 ? what : several}`;
const areaText = (area: string, areas: AreaNames) => areas.get(area) ?? (area.startsWith('site:') ? 'another site' : `the kind “${area}”`);
const clock = (hour: number) => `${String(hour % 24).padStart(2, '0')}:00`;
const hourText = (hour: string) => `between ${clock(Number(hour))} and ${clock(Number(hour) + 1)}`;

/** Hours of a clock that follow each other, as stretches: `between 08:00 and 17:00`. Round midnight too. */
export function rangesOf(hours: readonly number[]): string[] {
  const known = new Set(hours);
  if (known.size === 24) return ['at all hours'];
  const begins = [...known].filter((hour) => !known.has((hour + 23) % 24)).toSorted((one, other) => one - other);
  return begins.map((begin) => {
    let end = begin;
    while (known.has(end % 24)) end += 1;
    return `between ${clock(begin)} and ${clock(end)}`;
  });
}

function listed(items: readonly string[], word: string): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`;
}
