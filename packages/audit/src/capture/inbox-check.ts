import { canonicalJson, type Json } from '@countersign/proof/canonical';
import type { Context, Operation, Target } from '../events/entry.ts';
import { MAX_KEY, MAX_LABEL, MAX_SCOPES, type FlushDocument, type ManualDocument, type ToldChange, type ToldEvent } from './inbox.ts';

// Whoever holds the application's password can insert any text into the inbox, and one row that the log's table would
// refuse must not stop the log. Written by hand: it runs for every event, and a schema library would cost more than
// the rest of the merge.

type Unknown = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const isOptionalLabel = (value: unknown): boolean => value === undefined || value === null || isLabel(value);
const isLabel = (value: unknown): boolean => isText(value) && value.length <= MAX_LABEL;
/** What indexes and rollups hold: an id, a name, an organisational unit. */
const isKey = (value: unknown): boolean => isText(value) && value.length <= MAX_KEY;
const isKeyOrNull = (value: unknown): boolean => value === null || isKey(value);
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
      (isObject(value['actor']) && ACTOR_KINDS.has(value['actor']['kind']) && isKeyOrNull(value['actor']['id']))) &&
    CHANNELS.has(value['channel']) &&
    isUuidOrNull(value['changeId']) &&
    (value['undoes'] === undefined || isUuidOrNull(value['undoes'])) &&
    (value['token'] === undefined || isUuidOrNull(value['token'])) &&
    ['impersonator', 'command', 'requestId'].every((key) => isKeyOrNull(value[key])) &&
    (value['forwardedFor'] === undefined || isTextOrNull(value['forwardedFor'])) &&
    ['reason', 'ipAddress', 'userAgent'].every((key) => isTextOrNull(value[key]))
  );
}

/** An event that no flush would tell, and what can be known of it. */
export interface RefusedEvent {
  readonly target: Pick<Target, 'type' | 'id'> | null;
  readonly told: Operation;
}

/** A document whose events can be recorded as they are, but for those that are refused. */
export interface CheckedDocument extends FlushDocument {
  readonly refused: readonly RefusedEvent[];
}

/** What stands in a document; null where it is none. One event that can't be recorded takes no other along. */
export function documentIn(value: unknown): CheckedDocument | null {
  if (!isObject(value) || value['v'] !== 1 || !Array.isArray(value['events'])) return null;
  const given: unknown[] = value['events'];
  const events = given.filter(isToldEvent);
  return { v: 1, events, refused: events.length === given.length ? [] : given.filter((one) => !isToldEvent(one)).map(refusedEvent) };
}

function refusedEvent(value: unknown): RefusedEvent {
  const { type, id, op }: Unknown = isObject(value) ? value : {};
  const target = isKey(type) && isKey(id) ? { type: type as string, id: id as string } : null;
  return { target, told: target && OPERATIONS.has(op) ? (op as Operation) : 'none' };
}

/** Whether it was told by hand, though perhaps in a form that only a later release knows. */
export const isByHand = (value: unknown): boolean => isObject(value) && isObject(value['manual']);

/** Whether what is no change of a record can be recorded as it is. */
export const isManualDocument = (value: unknown): value is ManualDocument =>
  isObject(value) && value['v'] === 1 && isObject(value['manual']) && isToldManual(value['manual']);

const isToldManual = (manual: Unknown): boolean =>
  ['area', 'action'].every((key) => isKey(manual[key])) &&
  (manual['target'] === null || isRoot(manual['target'])) &&
  (manual['meta'] === undefined || isCanonical(manual['meta'])) &&
  isWhose(manual);

const isToldEvent = (value: unknown): value is ToldEvent => isObject(value) && isWhat(value) && isWhose(value);

/** What was done, to which record. */
const isWhat = (event: Unknown): boolean =>
  ['area', 'action', 'type', 'id'].every((key) => isKey(event[key])) &&
  OPERATIONS.has(event['op']) &&
  (event['label'] === null || isLabel(event['label'])) &&
  isListOf(event['changes'], isToldChange) &&
  (event['meta'] === undefined || isCanonical(event['meta'])) &&
  (event['effect'] === undefined || isCanonical(event['effect']));

/** Under which root it stands, and whom and what it concerns. */
const isWhose = (event: Unknown): boolean =>
  (event['root'] === undefined || isRoot(event['root'])) &&
  (event['subject'] === undefined || isKeyOrNull(event['subject'])) &&
  (event['scopes'] === undefined || (isListOf(event['scopes'], isKey) && (event['scopes'] as unknown[]).length <= MAX_SCOPES)) &&
  isDayOrNull(event['day']);

const isRoot = (value: unknown): boolean =>
  isObject(value) && isKey(value['type']) && isKey(value['id']) && isOptionalLabel(value['label']);

/** A verifier's stack is not ours: what nests deeper than anybody writes by hand is refused. */
const MAX_DEPTH = 64;

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

/** `1e999` is JSON, and no number. */
function isCanonical(value: unknown): boolean {
  if (!isObject(value) || !isShallow(value, MAX_DEPTH)) return false;
  try {
    return canonicalJson(value as Json) !== '';
  } catch {
    return false;
  }
}

const isToldChange = (value: unknown): value is ToldChange =>
  isObject(value) && isText(value['f']) && isValue(value['o']) && isValue(value['n']);

const isValue = (value: unknown): boolean =>
  isTextOrNull(value) || (isObject(value) && isText(value['beginning']) && Number.isSafeInteger(value['bytes']) && isText(value['sha256']));
