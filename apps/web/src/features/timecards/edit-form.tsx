import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { editNeedsReason, mayUndo } from '@countersign/domain/timecards/timecard.rules';
import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { TimecardView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notice.tsx';
import { Bone, ProblemState } from '../../ui/page-state.tsx';
import { AlsoEditing } from '../presence/also-editing.tsx';
import { useGivenReason } from '../reasons/use-given-reason.ts';
import { CardFields } from './card-fields.tsx';
import { ConflictPanel } from './conflict-panel.tsx';
import { useConflictWords } from './conflict-words.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ReasonField } from './reason-field.tsx';
import { timecardQuery } from './timecard-queries.ts';
import { ToMend } from './to-mend.tsx';
import type { Saved } from './save-edit.ts';
import { type CardEdit, refusedAt, UNREADABLE, useCardEdit } from './use-card-edit.ts';
import { useUnsaved } from './use-unsaved.ts';

interface Props {
  /** As it stands now: others may change it while it is being edited. */
  readonly card: TimecardView;
  readonly onClose: () => void;
}

/** The edit of a card, in the place of its table. */
export default function EditForm({ card, onClose }: Props) {
  const { user } = useRouteContext({ from: '/_app' });
  const relation = card.person.id === user.id ? 'own' : 'responsible';
  const edit = useCardEdit(card, 'update', relation);
  const reason = useGivenReason();
  const [missing, setMissing] = useState(false);
  const report = useReport(card);
  const needsReason = editNeedsReason(edit.card, relation);
  const dirty = edit.changed.size > 0;
  useUnsaved(dirty);
  const finish = (saved: Saved | null) => {
    if (!saved) return;
    report(saved);
    onClose();
  };
  const lacksReason = () => {
    const lacks = needsReason && !reason.isGiven;
    setMissing(lacks);
    return lacks;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (edit.pending || edit.unsettled || edit.unreadable || lacksReason()) return;
    if (dirty) void edit.save({ reason: reason.written }).then(finish);
    else onClose();
  };
  if (edit.loading === 'pending') return <Bone className="h-40 w-full" />;
  if (edit.loading) return <ProblemState problem={edit.loading} what="the form" onRetry={edit.retryLoading} />;
  return (
    <form noValidate onSubmit={submit} className="grid gap-5" aria-labelledby="edit-heading">
      <Head card={edit.card} />
      <AlsoEditing />
      {edit.problem && <ProblemNote problem={edit.problem} />}
      <ChangedBeside card={card} edit={edit} />
      {edit.locked.size > 0 && <ToMend card={edit.card} />}
      <CardFields edit={edit} />
      {edit.unsettled && (
        <ConflictPanel
          edit={edit}
          unsettled={edit.unsettled}
          onSettle={(theirs) => !lacksReason() && void edit.settle(theirs, { reason: reason.written }).then(finish)}
        />
      )}
      <ReasonField
        reason={reason}
        uses={usesOf(edit.card.status, relation)}
        required={needsReason}
        problem={missing ? 'Say why, in a few words: the owner sees it with the change.' : refusedAt(edit.refused, 'reason')}
      />
      <div className="flex flex-wrap gap-2">
        <Button changes="anything" type="submit" look="primary" because={whyNot(edit)}>
          {edit.pending ? 'Saving…' : 'Save'}
        </Button>
        <Button onClick={onClose}>{dirty ? 'Discard' : 'Close'}</Button>
      </div>
    </form>
  );
}

/** TC-10: an edit by somebody else, one after an approval, or both. */
const usesOf = (status: TimecardView['status'], relation: 'own' | 'responsible'): ReasonUse[] => [
  ...(status === 'approved' ? (['after_approval'] as const) : []),
  ...(relation === 'own' ? [] : (['admin_edit'] as const)),
];

function whyNot({ pending, unsettled, changed, unreadable }: CardEdit): string | null {
  if (pending) return 'Saving';
  if (unreadable) return UNREADABLE;
  if (unsettled) return 'Choose above first which values stay';
  return changed.size ? null : 'Nothing is changed yet';
}

function Head({ card }: { readonly card: TimecardView }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div>
      <h2 ref={heading} id="edit-heading" tabIndex={-1} className="text-base">
        Edit the times
      </h2>
      <p className="text-sm text-ink-2">
        Times of {card.site.name}, {card.timeZone}. Type 0830 or 08:30; an earlier time than the first one is on the next day.
      </p>
    </div>
  );
}

/** Says that somebody else is changing the same card, before saving finds out. */
function ChangedBeside({ card, edit }: { readonly card: TimecardView; readonly edit: CardEdit }) {
  if (card.version === edit.card.version || edit.unsettled || edit.pending) return null;
  return (
    <p role="status" className="rounded-md bg-other/8 px-3.5 py-2.5 text-sm text-other">
      Somebody else has changed this timecard while you edit it. Nothing that you typed is lost: saving puts your changes beside theirs, and
      asks where both touched the same field.
    </p>
  );
}

type Role = Parameters<typeof mayUndo>[0];

function useReport(card: TimecardView): (saved: Saved) => void {
  const { role } = useRouteContext({ from: '/_app' }).user;
  const words = useConflictWords(card);
  const queries = useQueryClient();
  return ({ merged, undo }) => {
    if (!merged.length) return notify({ text: 'Saved' });
    const fields = [...new Set(merged.map(({ field }) => words.label(field)))];
    const who = [...new Set(merged.map(({ changedBy }) => changedBy?.name ?? 'somebody'))].join(' and ');
    notify({
      text: `Saved beside what ${who} changed meanwhile: ${fields.slice(0, 3).join(', ')}${fields.length > 3 ? ' …' : ''}`,
      action: { label: 'Undo', run: () => void undoEdit(undo, { role: role as Role, queries }) },
    });
  };
}

/** AUD-33: whoever may undo does, linked to what is undone; whoever may not takes their own edit back by another one. */
async function undoEdit(undo: Saved['undo'], { role, queries }: { readonly role: Role; readonly queries: QueryClient }): Promise<void> {
  const { id, version: madeVersion, reason = 'Undone' } = undo;
  try {
    const card = await (mayUndo(role) ? client.timecards.undo.mutate({ id, madeVersion, reason }) : client.timecards.update.mutate(undo));
    queries.setQueryData(timecardQuery(id).queryKey, card);
    notify({ text: 'Undone' });
  } catch (thrown) {
    notify({ text: `Couldn’t undo it. ${problemOf(thrown).message}`, tone: 'refuse' });
  }
}
