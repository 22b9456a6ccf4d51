import type { AsOfView } from '../../api/views.ts';

export type PastRecord = AsOfView['records'][number];
export type PastField = PastRecord['fields'][number];

/** A record in which two moments differ: its fields that do, or that it was there at one of them only. */
export interface RecordDifference {
  readonly record: PastRecord;
  /** At which of the two it was there. */
  readonly there: 'both' | 'first' | 'second';
  readonly fields: readonly { readonly first: PastField | null; readonly second: PastField | null }[];
}

/** What differs between two moments, in the order in which a card shows its parts. What can't be told of both is left out. */
export function differencesBetween(first: AsOfView, second: AsOfView): RecordDifference[] {
  const [one, other] = [presentIn(first), presentIn(second)];
  const keys = new Set([...one.keys(), ...other.keys()]);
  return Array.from(keys, (key) => differenceOf(one.get(key), other.get(key)))
    .filter((difference) => difference !== null)
    .toSorted((a, b) => (a.record.workDate ?? '').localeCompare(b.record.workDate ?? ''))
    .toSorted((a, b) => Number(isPart(a.record)) - Number(isPart(b.record)));
}

const presentIn = ({ records }: AsOfView) =>
  new Map(records.filter(({ deleted }) => !deleted).map((record) => [`${record.record.type}:${record.record.id}`, record]));

export const isPart = ({ record }: PastRecord): boolean => record.type !== 'Timecard';

function differenceOf(one: PastRecord | undefined, other: PastRecord | undefined): RecordDifference | null {
  const record = other ?? one;
  if (!record) return null;
  const names = new Set([...(one?.fields ?? []), ...(other?.fields ?? [])].map(({ name }) => name));
  const fields = Array.from(names, (name) => ({ first: fieldIn(one, name), second: fieldIn(other, name) })).filter(({ first, second }) =>
    differs(first, second),
  );
  if (one && other) return fields.length ? { record, there: 'both', fields } : null;
  return { record, there: one ? 'first' : 'second', fields: fields.filter(({ first, second }) => (first ?? second)?.name !== 'work_date') };
}

const fieldIn = (record: PastRecord | undefined, name: string): PastField | null =>
  record?.fields.find((field) => field.name === name) ?? null;

/** Two that are hidden may differ or not: nobody who may not see them learns which. */
function differs(first: PastField | null, second: PastField | null): boolean {
  if ([first, second].some((field) => field && field.state !== 'known')) return false;
  return textOf(first) !== textOf(second);
}

function textOf(field: PastField | null): string | null {
  const value = field?.value ?? null;
  return value === null || typeof value === 'string' ? value : value.sha256;
}
