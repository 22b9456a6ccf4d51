import { embeddedLeaf, join } from './diff.ts';
import type { Value } from '../events/entry.ts';
import { exactText, isRecord, parseExact, type ExactJson } from './exact-json.ts';

/** How the changes of a field add up: one text; a JSON value or an embedded object by paths; members that come and go. */
export type FieldForm = 'text' | 'json' | 'embedded' | 'members';

/** What is at one path of a field, as the log writes it. */
export type Leaf = readonly [path: string, value: Value];

/** `meta["a.b"].c` as `meta`, `meta["a.b"]`, `meta["a.b"].c`: what the path leads through, and itself. */
export function stepsOf(path: string): string[] {
  const parts = path.match(/^[^.[]+|\.[\w-]+|\[(?:"(?:[^"\\]|\\.)*")\]/g) ?? [path];
  let reached = '';
  return parts.map((part) => (reached += part));
}

/** The field that a path begins with. */
export const fieldOf = (path: string): string => stepsOf(path)[0] ?? path;

/** Whether a path leads through, or to, another one. */
export const isUnder = (path: string, ancestor: string): boolean =>
  path.startsWith(ancestor) && (path.length === ancestor.length || path[ancestor.length] === '.' || path[ancestor.length] === '[');

/**
 * A recorded value taken apart into its leaves, as later changes of its paths name them. An object without anything in
 * it is a leaf itself; what isn't JSON, or is kept shortened, stays whole.
 */
export function leavesOf(form: 'json' | 'embedded', path: string, value: Value): Leaf[] {
  if (typeof value !== 'string') return value === null ? [] : [[path, value]];
  const json = parsed(value);
  if (!isRecord(json)) return [[path, value]];
  return form === 'json' ? jsonLeaves(path, json) : embeddedLeaves(path, json);
}

function jsonLeaves(path: string, json: ExactJson): Leaf[] {
  if (!isRecord(json) || !Object.keys(json).length) return [[path, exactText(json)]];
  return Object.keys(json).flatMap((key) => jsonLeaves(join(path, key), json[key] as ExactJson));
}

/** The parts of an embedded object are columns: one that is null is not set. */
function embeddedLeaves(path: string, json: ExactJson): Leaf[] {
  if (!isRecord(json)) return [[path, embeddedLeaf(json)]];
  const parts = Object.keys(json).filter((key) => json[key] !== null);
  return parts.length ? parts.flatMap((key) => embeddedLeaves(join(path, key), json[key] as ExactJson)) : [[path, '{}']];
}

function parsed(text: string): ExactJson | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
