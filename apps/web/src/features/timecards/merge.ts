import type { Conflict } from '../../api/problem.ts';
import { type CardForm, editedIn, laterPath, meantIn, type Path, pathIn, specPath, type Typing } from './card-form.ts';

/** A field that both sides changed, to different values: somebody has to choose. */
export interface Overlap {
  readonly path: Path;
  readonly conflict: Conflict;
  /** What was typed here, as exact text; null for emptied. */
  readonly mine: string | null;
}

/** What somebody else changed meanwhile, against what is typed here. */
export interface Comparison {
  readonly overlaps: readonly Overlap[];
  /** Changed by others alone: these simply stay as they now are. */
  readonly theirs: readonly Conflict[];
}

export function compare(form: CardForm, typing: Typing, conflicts: readonly Conflict[]): Comparison {
  const mine = mineIn(form, typing);
  const overlaps: Overlap[] = [];
  const theirs: Conflict[] = [];
  // TC-3: what is computed from the times was typed by nobody, and is computed anew with what is saved.
  for (const conflict of conflicts.filter(({ field }) => !COMPUTED.test(field) && !isFollowing(form, field))) {
    const found = [...mine].find(([path]) => specPath(path) === conflict.field);
    if (!found) theirs.push(conflict);
    else if (!isSame(found[1], conflict.present)) overlaps.push({ path: found[0], conflict, mine: found[1] });
  }
  return { overlaps, theirs };
}

const COMPUTED = /(^|\.)((daily_)?total_hours|overtime_hours|break_duration|manually_edited)$/;

/** The times of a card of a period follow from those of its days: they are no fields of its form. */
const isFollowing = (form: CardForm, field: string) =>
  /^check_(in|out)_time$/.test(field) && !Object.keys(form.base).some((path) => specPath(path) === field);

/** Everything typed that differs from what stood there, as exact text by path. */
export function mineIn(form: CardForm, typing: Typing): Map<Path, string | null> {
  const { changed } = editedIn(form, typing);
  const mine = new Map<Path, string | null>();
  for (const group of form.groups) {
    const meant = meantIn(form, group, typing);
    for (const { name } of group.fields) {
      const path = pathIn(group, name);
      if (!changed.has(path)) continue;
      mine.set(path, meant.has(path) ? (meant.get(path)?.instant ?? null) : typing[path] || null);
    }
  }
  return mine;
}

function isSame(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  const [a, b] = [Date.parse(one), Date.parse(other)];
  // The same instant can be written in two ways.
  return one === other || (one.includes('T') && a === b);
}

/**
 * What is typed, put upon what the card has become: what was changed here stays, except where theirs was chosen;
 * everything else is as it now is.
 */
export function rebased(
  before: CardForm,
  typing: Typing,
  { onto, theirs }: { readonly onto: CardForm; readonly theirs: ReadonlySet<Path> },
): Typing {
  const { changed } = editedIn(before, typing);
  const next: Record<Path, string> = { ...onto.base };
  for (const path of changed) {
    if (theirs.has(path)) continue;
    next[path] = typing[path] ?? '';
    const later = typing[laterPath(path)];
    if (later !== undefined) next[laterPath(path)] = later;
  }
  return next;
}
