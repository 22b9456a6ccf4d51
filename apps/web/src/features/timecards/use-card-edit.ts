import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { client } from '../../api/link.ts';
import { type Conflict, problemOf, type Problem } from '../../api/problem.ts';
import type { FormField, TimecardView, UpdateInput } from '../../api/views.ts';
import { cardForm, type CardForm, editedIn, type Path, specPath, type Typing } from './card-form.ts';
import { compare, type Overlap, rebased } from './merge.ts';
import { previewOf, type Preview } from './preview.ts';
import { formQuery, timecardQuery } from './timecard-queries.ts';

/** The draft of an edit: on which card it rests, and what is typed. */
interface Draft {
  readonly card: TimecardView;
  readonly addedDays: readonly string[];
  readonly typing: Typing | null;
}

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

export interface CardEdit {
  readonly fields: readonly FormField[] | undefined;
  readonly loading: Problem | 'pending' | null;
  readonly card: TimecardView;
  readonly form: CardForm | null;
  readonly typing: Typing;
  readonly type: (path: Path, text: string) => void;
  readonly addDay: (day: string) => void;
  readonly changed: ReadonlySet<Path>;
  readonly preview: Preview | null;
  /** What the server found wrong, by path. */
  readonly refused: ReadonlyMap<string, string>;
  readonly problem: Problem | null;
  readonly pending: boolean;
  readonly unsettled: Unsettled | null;
  readonly save: (reason: string) => Promise<Saved | null>;
  /** Takes the present card as the new ground: theirs where so chosen, mine elsewhere. */
  readonly settle: (theirs: ReadonlySet<Path>, reason: string) => Promise<Saved | null>;
  readonly retryLoading: () => void;
}

const NOTHING: Typing = {};

/** An edit of a card, from the description of the command to what is saved. Whatever happens, nothing typed is lost. */
export function useCardEdit(opened: TimecardView, command: 'update' | 'reject'): CardEdit {
  const queries = useQueryClient();
  const description = useQuery(formQuery(`timecards.${command}`));
  const fields = description.data?.fields;
  const [draft, setDraft] = useState<Draft>({ card: opened, addedDays: [], typing: null });
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [unsettled, setUnsettled] = useState<Unsettled | null>(null);
  const form = useMemo(() => fields && cardForm(fields, draft.card, draft.addedDays), [fields, draft.card, draft.addedDays]);
  const typing = useMemo(() => (form ? { ...form.base, ...draft.typing } : NOTHING), [form, draft.typing]);
  const edited = useMemo(() => form && editedIn(form, typing), [form, typing]);
  const preview = useMemo(() => (form ? previewOf(draft.card, form, typing) : null), [form, typing, draft.card]);

  /** Tries on one ground, and on what the card has become where nothing overlaps. */
  const attempt = async (ground: Ground, reason: string): Promise<Saved | null> => {
    setPending(true);
    setProblem(null);
    setUnsettled(null);
    try {
      const outcome = await saveOn(ground, { command, reason, fields: fields ?? [], fetch: () => queries.fetchQuery({ ...timecardQuery(opened.id), staleTime: 0 }) });
      if ('present' in outcome) {
        setUnsettled(outcome);
        return null;
      }
      queries.setQueryData(timecardQuery(opened.id).queryKey, outcome.card);
      return outcome;
    } catch (thrown) {
      setProblem(problemOf(thrown));
      return null;
    } finally {
      setPending(false);
    }
  };

  return {
    fields,
    loading: fields ? null : description.error ? problemOf(description.error) : 'pending',
    card: draft.card,
    form: form ?? null,
    typing,
    type: (path, text) => setDraft((now) => ({ ...now, typing: { ...now.typing, [path]: text } })),
    addDay: (day) => setDraft((now) => ({ ...now, addedDays: [...now.addedDays, day] })),
    changed: edited?.changed ?? new Set(),
    preview,
    refused: new Map(problem?.fields.map(({ field, message }) => [field, message])),
    problem,
    pending,
    unsettled,
    save: async (reason) => (form ? attempt({ card: draft.card, form, typing, merged: [] }, reason) : null),
    settle: async (theirs, reason) => {
      if (!form || !fields || !unsettled) return null;
      const { present } = unsettled;
      const onto = cardForm(fields, present, draft.addedDays);
      const next = rebased(form, typing, { onto, theirs });
      setDraft({ card: present, addedDays: draft.addedDays, typing: next });
      return attempt({ card: present, form: onto, typing: next, merged: unsettled.theirs }, reason);
    },
    retryLoading: () => void description.refetch(),
  };
}

/** A card, its form, and what is typed into it. */
interface Ground {
  readonly card: TimecardView;
  readonly form: CardForm;
  readonly typing: Typing;
  readonly merged: readonly Conflict[];
}

interface Means {
  readonly command: 'update' | 'reject';
  readonly reason: string;
  readonly fields: readonly FormField[];
  readonly fetch: () => Promise<TimecardView>;
}

async function saveOn(first: Ground, { command, reason, fields, fetch }: Means): Promise<Saved | Unsettled> {
  let ground = first;
  for (let round = 1; ; round += 1) {
    try {
      const card = await send(command, ground, reason);
      return { card, merged: ground.merged, undo: undoOf(ground, card, reason) };
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code !== 'CONFLICT' || round > ROUNDS) throw thrown;
      const { overlaps, theirs } = compare(ground.form, ground.typing, problem.conflicts);
      const present = await fetch();
      // A decision is taken on what one has seen: only plain edits go through beside what others did.
      if (overlaps.length || command === 'reject') return { overlaps, theirs, present };
      const onto = cardForm(fields, present, daysOf(ground.form));
      ground = { card: present, form: onto, typing: rebased(ground.form, ground.typing, { onto, theirs: new Set() }), merged: [...ground.merged, ...theirs] };
    }
  }
}

const daysOf = (form: CardForm) => form.groups.flatMap(({ key, isNew }) => (key !== null && isNew ? [key] : []));

function send(command: 'update' | 'reject', { card, form, typing }: Ground, reason: string): Promise<TimecardView> {
  const { patch } = editedIn(form, typing);
  const versioned = { id: card.id, version: card.version, ...patch };
  return command === 'reject' ? client.timecards.reject.mutate({ ...versioned, reason }) : client.timecards.update.mutate({ ...versioned, ...(reason && { reason }) });
}

/** What would put the fields of this edit back to what stood there before it. */
function undoOf({ form, typing }: Ground, saved: TimecardView, reason: string): UpdateInput {
  const { changed } = editedIn(form, typing);
  const patch: Record<string, unknown> = {};
  for (const group of form.groups) {
    const back: Record<string, unknown> = {};
    for (const { name, kind } of group.fields) {
      const path = group.list === null ? name : `${group.list}.${group.key}.${name}`;
      if (changed.has(path)) back[name] = kind === 'time' ? form.stored[path] : kind === 'boolean' ? form.base[path] === 'true' : form.base[path] || null;
    }
    if (!Object.keys(back).length) continue;
    if (group.list === null) Object.assign(patch, back);
    else patch[group.list] = [...((patch[group.list] as unknown[] | undefined) ?? []), { ...(group.isNew ? { remove: true } : back), [group.keyName]: group.key }];
  }
  return { id: saved.id, version: saved.version, ...patch, reason: `Undone: ${reason || 'edit'}`.slice(0, 500) };
}

/** The problem of a field, as the server named it. */
export const refusedAt = (refused: ReadonlyMap<string, string>, path: Path): string | undefined => refused.get(specPath(path)) ?? refused.get(path);
