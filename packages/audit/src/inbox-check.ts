import { canonicalJson, type Json } from '@countersign/proof/canonical';
import type { Context } from './entry.ts';
import type { FlushDocument, ToldChange, ToldEvent } from './inbox.ts';

// Whoever holds the application's password can insert any text into the inbox, and one row that the log's table would
// refuse must not stop the log. Written by hand: it runs for every event, and a schema library would cost more than
// the rest of the merge.

type Unknown = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const isOptionalText = (value: unknown): boolean => value === undefined || isTextOrNull(value);
const isUuidOrNull = (value: unknown): boolean =>
  value === null || (typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value));
const isDayOrNull = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'string' && isDay(value));

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** PostgreSQL refuses day 30 of February and the year 0. */
function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const last = month === 2 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0)) ? 28 : DAYS[month - 1];
  return year > 0 && last !== undefined && day >= 1 && day <= last;
}

const isListOf = (value: unknown, test: (item: unknown) => boolean): boolean => Array.isArray(value) && value.every(test);

const ACTOR_KINDS: ReadonlySet<unknown> = new Set(['user', 'system', 'database', 'anonymous']);
const CHANNELS: ReadonlySet<unknown> = new Set(['web', 'api', 'cli', 'job', 'import', 'database']);
const OPERATIONS: ReadonlySet<unknown> = new Set(['create', 'update', 'delete', 'none']);

/** Whether a context can be recorded as it is. */
export function isContext(value: unknown): value is Context {
  return (
    isObject(value) &&
    (value['actor'] === null ||
      (isObject(value['actor']) && ACTOR_KINDS.has(value['actor']['kind']) && isTextOrNull(value['actor']['id']))) &&
    CHANNELS.has(value['channel']) &&
    isUuidOrNull(value['changeId']) &&
    ['impersonator', 'command', 'reason', 'requestId', 'ipAddress', 'userAgent'].every((key) => isTextOrNull(value[key]))
  );
}

/** Whether a document can be recorded as it is. */
export const isDocument = (value: unknown): value is FlushDocument =>
  isObject(value) && value['v'] === 1 && isListOf(value['events'], isToldEvent);

function isToldEvent(value: unknown): value is ToldEvent {
  return (
    isObject(value) &&
    isText(value['area']) &&
    isText(value['action']) &&
    OPERATIONS.has(value['op']) &&
    isText(value['type']) &&
    isText(value['id']) &&
    isTextOrNull(value['label']) &&
    (value['root'] === undefined ||
      (isObject(value['root']) &&
        isText(value['root']['type']) &&
        isText(value['root']['id']) &&
        isOptionalText(value['root']['label']))) &&
    isOptionalText(value['subject']) &&
    (value['scopes'] === undefined || isListOf(value['scopes'], isText)) &&
    isDayOrNull(value['day']) &&
    isListOf(value['changes'], isToldChange) &&
    (value['meta'] === undefined || isCanonical(value['meta']))
  );
}

/** `1e999` is JSON, and no number. */
function isCanonical(value: unknown): boolean {
  if (!isObject(value)) return false;
  try {
    return canonicalJson(value as Json) !== '';
  } catch {
    return false;
  }
}

const isToldChange = (value: unknown): value is ToldChange =>
  isObject(value) && isText(value['f']) && isValue(value['o']) && isValue(value['n']);

const isValue = (value: unknown): boolean =>
  isTextOrNull(value) || (isObject(value) && isText(value['beginning']) && typeof value['bytes'] === 'number' && isText(value['sha256']));
