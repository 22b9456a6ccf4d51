import type { ShownChange, Value } from '@countersign/audit/entry';
import { clockOf, dayText, daysBetween } from '../wall-clock.rules.ts';

/** How a recorded value is to be read. */
export interface Reading {
  readonly kind: string;
  /** Of an enum: what to show for each value. */
  readonly values?: Readonly<Record<string, string>> | null;
  readonly timeZone: string;
  /** The day that the value belongs to: times of other days say how far they are from it. */
  readonly workDate?: string | null;
  /** Names by id, for references. */
  readonly names?: ReadonlyMap<string, string>;
}

export const NOT_SET = '(not set)';
export const EMPTY = '(empty)';

/** A recorded value in full words: `2024-01-15 09:30 AM`, `8.5 hours`, `30 minutes`, `Submitted`, `Yes`, `(not set)`. */
export const formatValue = (value: Value, reading: Reading): string => format(value, reading, FULL);

/** A change in full words: `Draft → Submitted`, `2024-01-15 09:30 AM → (not set)`. */
export const formatChange = (change: Pick<ShownChange, 'old' | 'new'>, reading: Reading): string =>
  `${formatValue(change.old, reading)} → ${formatValue(change.new, reading)}`;

/** A value short enough for a chip in a row: `09:30`, `8:30`, `0:30`. */
export const formatChip = (value: Value, reading: Reading): string => format(value, reading, CHIP);

type Kinds = Readonly<Record<string, (text: string, reading: Reading) => string>>;

const yesNo = (text: string) => (text === 'true' || text === 't' ? 'Yes' : 'No');
const YES_OR_NO = new Set(['true', 'false']);

const SHARED: Kinds = {
  boolean: yesNo,
  json: (text) => (YES_OR_NO.has(text) ? yesNo(text) : text),
  enum: (text, { values }) => values?.[text] ?? text,
  reference: (text, { names }) => names?.get(text) ?? shortId(text),
  members: (text, reading) => membersOf(text, reading),
  fields: fieldsOf,
};

const FULL: Kinds = {
  ...SHARED,
  time: (text, { timeZone }) => fullTime(text, timeZone),
  hours: (text) => counted(trimmed(text), 'hour'),
  minutes: (text) => counted(trimmed(text), 'minute'),
};

const CHIP: Kinds = {
  ...SHARED,
  time: chipTime,
  date: (text) => (isDay(text) ? dayText(text, 'medium') : text),
  hours: (text) => clockHours(Number(text) * 60, text),
  minutes: (text) => clockHours(Number(text), text),
};

function format(value: Value, reading: Reading, kinds: Kinds): string {
  if (value === null) return NOT_SET;
  if (typeof value !== 'string') return `${value.beginning}… (${bytesText(value.bytes)} in all)`;
  if (value === '') return EMPTY;
  return kinds[reading.kind]?.(value, reading) ?? value;
}

const isInstant = (text: string) => !Number.isNaN(Date.parse(text));
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** `2024-01-15 09:30 AM`: the form in which the trail has always been written. */
function fullTime(text: string, timeZone: string): string {
  if (!isInstant(text)) return text;
  const { day, hour, minute } = clockOf(text, timeZone);
  const hours = Number(hour);
  return `${day} ${String(hours % 12 || 12).padStart(2, '0')}:${minute} ${hours < 12 ? 'AM' : 'PM'}`;
}

function chipTime(text: string, { timeZone, workDate }: Reading): string {
  if (!isInstant(text)) return text;
  const { day, hour, minute } = clockOf(text, timeZone);
  if (!workDate) return `${dayText(day, 'short')} ${hour}:${minute}`;
  return `${hour}:${minute}${dayShift(workDate, day)}`;
}

/** ` +1` for a time on the next day; nothing for one on the day itself. */
export function dayShift(workDate: string, day: string): string {
  const days = daysBetween(workDate, day);
  if (days === 0) return '';
  return days > 0 ? ` +${days}` : ` −${-days}`;
}

/** Minutes as `8:30`; the text itself where it is no number. */
function clockHours(minutes: number, text: string): string {
  if (!Number.isFinite(minutes)) return text;
  const all = Math.round(Math.abs(minutes));
  return `${minutes < 0 ? '−' : ''}${Math.floor(all / 60)}:${String(all % 60).padStart(2, '0')}`;
}

/** Decimal hours as `8:30`, for tables; a dash where there are none. */
export const hoursText = (hours: string | null): string => (hours === null ? '–' : clockHours(Number(hours) * 60, hours));

/** `8.50` is `8.5`, `8.00` is `8`: exact text, so never by way of a number. */
const trimmed = (text: string) => (/^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text);

function counted(number: string, unit: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(number)) return number;
  return `${number} ${unit}${number === '1' || number === '-1' ? '' : 's'}`;
}

const shortId = (text: string) => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text) ? `${text.slice(0, 8)}…` : text);

/** Members of a collection come as a JSON list of keys. */
function membersOf(text: string, { names }: Reading): string {
  const list = parsed(text);
  if (!Array.isArray(list)) return text;
  return list.map((member) => names?.get(String(member)) ?? shortId(String(member))).join(', ') || EMPTY;
}

/** `["entries.2026-11-03.daily_check_out"]` as `3 Nov 2026 Daily Check Out`. */
function fieldsOf(text: string): string {
  const list = parsed(text);
  return Array.isArray(list) ? list.map((path) => fieldName(String(path))).join(', ') || EMPTY : text;
}

function fieldName(path: string): string {
  const parts = path.split('.');
  const name = (parts.at(-1) ?? path).replace(
    /(^|_)([a-z])/g,
    (_, before: string, letter: string) => `${before && ' '}${letter.toUpperCase()}`,
  );
  const day = parts.find(isDay);
  return day ? `${dayText(day, 'medium')} ${name}` : name;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const bytesText = (bytes: number) => (bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KB`);
