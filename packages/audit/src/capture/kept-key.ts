import { createHash } from 'node:crypto';
import { MAX_KEY, MAX_SCOPES } from './inbox.ts';

// The log finds records, persons and units by their keys, and an index has room for so much. What changed is recorded
// however long they are.

const BEGINNING = 300;
const CUT = /…sha256:[0-9a-f]{64}$/;

/** A key as the log has room for it: a longer one by its beginning and its SHA-256, the same each time. */
export function keptKey(key: string): string {
  if (key.length <= MAX_KEY) return key;
  return `${key.slice(0, BEGINNING).toWellFormed()}…sha256:${createHash('sha256').update(key).digest('hex')}`;
}

const MORE = /^…and \d+ more$/;

/** Units as the log has room for them; where there are more, the last one says how many. */
export function keptUnits(units: readonly string[]): readonly string[] {
  const kept = units.length > MAX_SCOPES ? [...units.slice(0, MAX_SCOPES - 1), `…and ${units.length - MAX_SCOPES + 1} more`] : units;
  return kept.every((unit) => unit.length <= MAX_KEY) ? kept : kept.map(keptKey);
}

/** Whether the log has something else in its place. */
export const isCut = (key: string | null | undefined): boolean =>
  !!key && (key.length > BEGINNING ? CUT.test(key) : key.startsWith('…') && MORE.test(key));
