import { client } from '../../api/link.ts';
import { type Conflict, problemOf } from '../../api/problem.ts';
import type { FormField, TimecardView, UpdateInput } from '../../api/views.ts';
import { cardForm, type CardForm, editedIn, pathIn, type Typing } from './card-form.ts';
import { compare, type Overlap, rebased } from './merge.ts';

/** A conflict to be settled: the fields that both changed, and the card as it has become. */
export interface Unsettled {
  readonly overlaps: readonly Overlap[];
  readonly theirs: readonly Conflict[];
  readonly present: TimecardView;
}

export interface Saved {
  readonly card: TimecardView;
  /** What others had changed meanwhile, and which now stands beside it. */
  readonly merged: readonly Conflict[];
  readonly undo: UpdateInput;
}

/** So often an edit is put upon what the card has become in the meantime before somebody is asked to look. */
const ROUNDS = 3;

/** A card, its form, and what is typed into it. */
export interface Ground {
  readonly card: TimecardView;
  readonly form: CardForm;
  readonly typing: Typing;
  readonly merged: readonly Conflict[];
}

/** What is said with an edit, beside what is typed into its fields. */
export interface Given {
  readonly reason: string;
  /** Of a rejection: the fields that the owner is to mend, by the names of refusals; none opens all. */
  readonly fieldsToMend?: readonly string[];
}

interface Means {
  readonly command: 'update' | 'reject';
  readonly given: Given;
  readonly fields: readonly FormField[];
  readonly fetch: () => Promise<TimecardView>;
}

/**
 * Saves, and where others changed other fields meanwhile puts the edit upon what the card has become and tries again.
 * @throws Problem for whatever else is wrong.
 */
export async function saveOn(first: Ground, { command, given, fields, fetch }: Means): Promise<Saved | Unsettled> {
  let ground = first;
  for (let round = 1; ; round += 1) {
    try {
      const card = await send(command, ground, given);
      return { card, merged: ground.merged, undo: undoOf(ground, card, given.reason) };
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code !== 'CONFLICT' || round > ROUNDS) throw thrown;
      const { overlaps, theirs } = compare(ground.form, ground.typing, problem.conflicts);
      const present = await fetch();
      // A decision is taken on what one has seen: only plain edits go through beside what others did.
      if (overlaps.length || command === 'reject') return { overlaps, theirs, present };
      const onto = cardForm(fields, present, daysOf(ground.form));
      ground = {
        card: present,
        form: onto,
        typing: rebased(ground.form, ground.typing, { onto, theirs: new Set() }),
        merged: [...ground.merged, ...theirs],
      };
    }
  }
}

const daysOf = (form: CardForm) => form.groups.flatMap(({ key, isNew }) => (key !== null && isNew ? [key] : []));

function send(command: 'update' | 'reject', { card, form, typing }: Ground, { reason, fieldsToMend = [] }: Given): Promise<TimecardView> {
  const { patch } = editedIn(form, typing);
  const versioned = { id: card.id, version: card.version, ...patch };
  return command === 'reject'
    ? client.timecards.reject.mutate({ ...versioned, reason, ...(fieldsToMend.length && { fieldsToMend: [...fieldsToMend] }) })
    : client.timecards.update.mutate({ ...versioned, ...(reason && { reason }) });
}

/** What would put the fields of this edit back to what stood there before it. */
function undoOf({ form, typing }: Ground, saved: TimecardView, reason: string): UpdateInput {
  const { changed } = editedIn(form, typing);
  const patch: Record<string, unknown> = {};
  for (const group of form.groups) {
    const back: Record<string, unknown> = {};
    for (const { name, kind } of group.fields) {
      const path = pathIn(group, name);
      if (changed.has(path))
        back[name] = kind === 'time' ? form.stored[path] : kind === 'boolean' ? form.base[path] === 'true' : form.base[path] || null;
    }
    if (!Object.keys(back).length) continue;
    if (group.list === null) Object.assign(patch, back);
    else
      patch[group.list] = [
        ...((patch[group.list] as unknown[] | undefined) ?? []),
        { ...(group.isNew ? { remove: true } : back), [group.keyName]: group.key },
      ];
  }
  return { id: saved.id, version: saved.version, ...patch, reason: `Undone: ${reason || 'edit'}`.slice(0, 500) };
}
