import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lockedFields } from '@countersign/domain/timecards/mending.rules';
import { useMemo, useState } from 'react';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { FormField, TimecardView } from '../../api/views.ts';
import { cardForm, type CardForm, editedIn, type Path, specPath, type Typing } from './card-form.ts';
import { rebased } from './merge.ts';
import { previewOf, type Preview } from './preview.ts';
import { type Given, type Ground, saveOn, type Saved, type Unsettled } from './save-edit.ts';
import { formQuery, timecardQuery } from './timecard-queries.ts';

/** Whose card it is, as far as forms go. */
type Relation = 'own' | 'responsible';

/** The draft of an edit: on which card it rests, and what is typed. */
interface Draft {
  readonly card: TimecardView;
  readonly addedDays: readonly string[];
  readonly typing: Typing | null;
}

/** What is typed into the fields of a card, one that there is or one that is to be made. */
export interface CardTyping {
  readonly card: TimecardView;
  readonly form: CardForm | null;
  readonly typing: Typing;
  readonly type: (path: Path, text: string) => void;
  readonly addDay: (day: string) => void;
  readonly changed: ReadonlySet<Path>;
  /** Whether something typed can't be read: then nothing is sent. */
  readonly unreadable: boolean;
  readonly preview: Preview | null;
  /** TC-11: what the owner of a rejected card can't change, by the names of refusals. */
  readonly locked: ReadonlySet<string>;
  /** What the server found wrong, by path. */
  readonly refused: ReadonlyMap<string, string>;
}

export interface CardEdit extends CardTyping {
  readonly fields: readonly FormField[] | undefined;
  readonly loading: Problem | 'pending' | null;
  readonly problem: Problem | null;
  readonly pending: boolean;
  readonly unsettled: Unsettled | null;
  readonly save: (given: Given) => Promise<Saved | null>;
  /** Takes the present card as the new ground: theirs where so chosen, mine elsewhere. */
  readonly settle: (theirs: ReadonlySet<Path>, given: Given) => Promise<Saved | null>;
  readonly retryLoading: () => void;
}

const NO_FIELDS: readonly FormField[] = [];

/** Why nothing can be sent while something typed can't be read. */
export const UNREADABLE = 'Mend first what can’t be read';

/** An edit of a card, from the description of the command to what is saved. Whatever happens, nothing typed is lost. */
export function useCardEdit(opened: TimecardView, command: 'update' | 'reject', relation: Relation): CardEdit {
  const description = useQuery(formQuery(`timecards.${command}`));
  const fields = description.data?.fields;
  const [draft, setDraft] = useState<Draft>({ card: opened, addedDays: [], typing: null });
  // Of no fields until it is known which there are: a rejection that mends nothing waits for no description.
  const form = useMemo(() => cardForm(fields ?? NO_FIELDS, draft.card, draft.addedDays), [fields, draft.card, draft.addedDays]);
  const typing = useMemo(() => ({ ...form.base, ...draft.typing }), [form, draft.typing]);
  const edited = useMemo(() => editedIn(form, typing), [form, typing]);
  const unreadable = edited.problems.size > 0;
  const preview = useMemo(() => (fields ? previewOf(draft.card, form, typing) : null), [fields, form, typing, draft.card]);
  const { attempt, problem, pending, unsettled } = useAttempts(opened.id, command, fields);
  return {
    fields,
    loading: fields ? null : description.error ? problemOf(description.error) : 'pending',
    card: draft.card,
    form: fields ? form : null,
    typing,
    type: (path, text) => setDraft((now) => ({ ...now, typing: { ...now.typing, [path]: text } })),
    addDay: (day) => setDraft((now) => ({ ...now, addedDays: [...now.addedDays, day] })),
    changed: edited.changed,
    unreadable,
    preview,
    locked: lockedFields(draft.card, relation),
    refused: new Map(problem?.fields.map(({ field, message }) => [field, message])),
    problem,
    pending,
    unsettled,
    save: async (given) => (unreadable ? null : attempt({ card: draft.card, form, typing, merged: [] }, given)),
    settle: async (theirs, given) => {
      if (!unsettled || unreadable) return null;
      const { present } = unsettled;
      const onto = cardForm(fields ?? NO_FIELDS, present, draft.addedDays);
      const next = rebased(form, typing, { onto, theirs });
      setDraft({ card: present, addedDays: draft.addedDays, typing: next });
      return attempt({ card: present, form: onto, typing: next, merged: unsettled.theirs }, given);
    },
    retryLoading: () => void description.refetch(),
  };
}

/** How the last attempt to save went. */
interface Outcome {
  readonly pending: boolean;
  readonly problem: Problem | null;
  readonly unsettled: Unsettled | null;
}

const UNTRIED: Outcome = { pending: false, problem: null, unsettled: null };

/** Tries on one ground, and on what the card has become where nothing overlaps. */
function useAttempts(id: string, command: 'update' | 'reject', fields: readonly FormField[] = NO_FIELDS) {
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState(UNTRIED);
  const attempt = async (ground: Ground, given: Given): Promise<Saved | null> => {
    setOutcome({ ...UNTRIED, pending: true });
    try {
      const fetch = () => queries.fetchQuery({ ...timecardQuery(id), staleTime: 0 });
      const saved = await saveOn(ground, { command, given, fields, fetch });
      setOutcome('present' in saved ? { ...UNTRIED, unsettled: saved } : UNTRIED);
      if ('present' in saved) return null;
      queries.setQueryData(timecardQuery(id).queryKey, saved.card);
      return saved;
    } catch (thrown) {
      setOutcome({ ...UNTRIED, problem: problemOf(thrown) });
      return null;
    }
  };
  return { ...outcome, attempt };
}

/** The problem of a field, as the server named it. */
export const refusedAt = (refused: ReadonlyMap<string, string>, path: Path): string | undefined =>
  refused.get(specPath(path)) ?? refused.get(path);
