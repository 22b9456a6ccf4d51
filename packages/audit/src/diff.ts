import { canonicalJson, type Json } from '@countersign/proof/canonical';

/** A difference of one field: texts, null for "not there". */
export interface Difference {
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** `a.b`, or `a["b.c"]` where a key would be misread. */
const join = (path: string, key: string) => (/^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`);

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON leaf as text: canonical JSON, so that `null` (the text) differs from "no such key" (null) and `1` from `"1"`. */
const leafText = (value: Json | undefined) => (value === undefined ? null : canonicalJson(value));

/**
 * The differences of two JSON values, each at the deepest path where they part. Objects are entered, the order of
 * their keys means nothing; an array is one value, since its order means something.
 */
export function jsonDifferences(field: string, before: Json | undefined, after: Json | undefined, leaf: (value: Json | undefined) => string | null = leafText): Difference[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].sort().flatMap((key) => jsonDifferences(join(field, key), before[key], after[key], leaf));
  }
  // A value that comes or goes as a whole object is told by its parts too, so that one path means one thing in every event.
  if (isRecord(after) && before === undefined && Object.keys(after).length) return jsonDifferences(field, {}, after, leaf);
  if (isRecord(before) && after === undefined && Object.keys(before).length) return jsonDifferences(field, before, {}, leaf);
  const old = leaf(before);
  const now = leaf(after);
  return old === now ? [] : [{ field, old, new: now }];
}

/** Embedded objects hold columns, not JSON: their leaves read like any other field's text. */
export const embeddedLeaf = (value: Json | undefined): string | null => (value === undefined || value === null ? null : typeof value === 'object' ? canonicalJson(value) : String(value));

/** The members that a collection lost and gained, each as canonical JSON in a stable order; none where nothing changed. */
export function memberDifference(field: string, before: readonly string[], after: readonly string[]): Difference[] {
  const removed = without(before, new Set(after));
  const added = without(after, new Set(before));
  if (!removed.length && !added.length) return [];
  return [{ field, old: members(removed), new: members(added) }];
}

const without = (ids: readonly string[], others: ReadonlySet<string>) => ids.filter((id) => !others.has(id));
const members = (ids: readonly string[]) => (ids.length ? canonicalJson([...ids].sort()) : null);
