import { canonicalJson } from '@countersign/proof/canonical';
import { exactText, isRecord, type ExactJson } from './exact-json.ts';

/** A difference of one field: texts, null for "not there". */
export interface Difference {
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** `a.b`, or `a["b.c"]` where a key would be misread. */
export const join = (path: string, key: string) => (/^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`);

/** A key such as `constructor` is there only where the value has it of its own. */
const own = (value: { readonly [key: string]: ExactJson }, key: string): ExactJson | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

/** A JSON leaf as text: canonical JSON, so that `null` (the text) differs from "no such key" (null) and `1` from `"1"`. */
const leafText = (value: ExactJson | undefined) => (value === undefined ? null : exactText(value));

/**
 * The differences of two JSON values, each at the deepest path where they part. Where both are objects they are
 * entered, and the order of their keys means nothing; an array is one value, since its order means something; and a
 * value that comes or goes is one value, so that `{}` and nothing stay apart.
 */
export function jsonDifferences(
  field: string,
  before: ExactJson | undefined,
  after: ExactJson | undefined,
  leaf: (value: ExactJson | undefined) => string | null = leafText,
): Difference[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].sort().flatMap((key) => jsonDifferences(join(field, key), own(before, key), own(after, key), leaf));
  }
  const old = leaf(before);
  const now = leaf(after);
  return old === now ? [] : [{ field, old, new: now }];
}

/** Embedded objects hold columns, not JSON: their leaves read like any other field's text. */
export const embeddedLeaf = (value: ExactJson | undefined): string | null =>
  value === undefined || value === null ? null : typeof value === 'object' ? exactText(value) : String(value);

/** The members that a collection lost and gained, each as canonical JSON in a stable order; none where nothing changed. */
export function memberDifference(field: string, before: readonly string[], after: readonly string[]): Difference[] {
  const removed = without(before, new Set(after));
  const added = without(after, new Set(before));
  if (!removed.length && !added.length) return [];
  return [{ field, old: members(removed), new: members(added) }];
}

const without = (ids: readonly string[], others: ReadonlySet<string>) => ids.filter((id) => !others.has(id));
const members = (ids: readonly string[]) => (ids.length ? canonicalJson([...ids].sort()) : null);
