import { createHash } from 'node:crypto';
import { canonicalJson } from '@countersign/proof/canonical';
import { columnText, plainText } from './column-text.ts';
import type { Shortened, Value } from '../events/entry.ts';
import { parseExact, type ExactJson } from './exact-json.ts';

/** A value larger than this is kept shortened. Bytes of UTF-8. */
export const MAX_VALUE_BYTES = 8 * 1024;
/** How much of a shortened value stays readable. Characters. */
const BEGINNING = 256;

/** Turns what MikroORM hands to the database for one property into its recorded text; null for none. */
export type ToText = (raw: unknown) => string | null;

/**
 * The conversion for one property, chosen once at start-up.
 *
 * What comes in is the form that MikroORM computes its change sets in, converted by the property's own type before the
 * driver sees it; or what was read again; or what a trigger wrote. Decimals and big integers are text there already and
 * never pass through floating point; the database's own rounding is repeated, so that the log says what the row says.
 * `isStored`: what stands in the row is as the database has it, and is rounded no more.
 */
export function textOf(columnTypes: readonly string[] = [], isStored = false): ToText {
  const [only = 'text', ...others] = columnTypes;
  if (others.length) return compositeText(columnTypes, isStored);
  const spelling = columnText(only, isStored);
  return (raw) => (raw === null || raw === undefined ? null : spelling(raw));
}

/** A reference to a record whose key has several columns: a list of their texts. */
function compositeText(columnTypes: readonly string[], isStored: boolean): ToText {
  const spellings = columnTypes.map((type) => columnText(type, isStored));
  return (raw) => {
    if (raw === null || raw === undefined) return null;
    const parts = [raw].flat(Infinity);
    return parts.some((part) => part === null || part === undefined)
      ? null
      : canonicalJson(parts.map((part, i) => (spellings[i] ?? plainText)(part)));
  };
}

/** Reads a JSON column's raw value, which is text; already parsed where the driver or an embeddable gave an object. */
export const parseJson = (raw: unknown): ExactJson | undefined => {
  if (raw === null || raw === undefined) return undefined;
  return parseExact(typeof raw === 'string' ? raw : JSON.stringify(raw));
};

/** Keeps a text whole, or what stands for it where it is over the limit. */
export function capped(text: string | null, limit = MAX_VALUE_BYTES): Value {
  // A UTF-16 unit is three bytes of UTF-8 at most: most values need no counting.
  if (text === null || text.length * 3 <= limit || Buffer.byteLength(text) <= limit) return text;
  return shortened(text);
}

/** What stands for a text that is not kept: the fact and the proof remain. */
export function shortened(text: string): Shortened {
  const bytes = Buffer.from(text);
  return {
    beginning: text.slice(0, BEGINNING).toWellFormed(),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
