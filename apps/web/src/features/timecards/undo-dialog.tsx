import { useQueryClient } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import type { UndoPlan } from '@countersign/domain/timecards/undo.rules';
import { dayText } from '@countersign/domain/wall-clock.rules';
import { useRef, useState } from 'react';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { TimecardView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { useGivenReason } from '../reasons/use-given-reason.ts';
import { NewValue, OldValue } from '../trail/change-chip.tsx';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { useConflictWords } from './conflict-words.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ReasonField } from './reason-field.tsx';
import { timecardQuery } from './timecard-queries.ts';

interface Props {
  readonly card: TimecardView;
  readonly changeId: string;
  /** What would be put back, as far as the trail shows it; the server decides. */
  readonly plan: UndoPlan;
  readonly onClose: () => void;
}

const USES: readonly ReasonUse[] = ['admin_edit'];
const USES_AFTER_APPROVAL: readonly ReasonUse[] = ['after_approval', 'admin_edit'];

/** AUD-33: shows what comes back before it does, asks why, and says field by field where it can't. */
export default function UndoDialog({ card, changeId, plan, onClose }: Props) {
  const { user } = useRouteContext({ from: '/_app' });
  const reason = useGivenReason();
  const first = useRef<HTMLTextAreaElement>(null);
  const [missing, setMissing] = useState(false);
  const { pending, problem, undo } = useUndo(card.id, changeId);
  const act = async () => {
    setMissing(!reason.isGiven);
    if (!reason.isGiven || !(await undo(reason.written))) return;
    notify({ text: `Undone: ${card.person.name}, ${card.label}` });
    onClose();
  };
  const conflicts = problem?.code === 'CONFLICT' ? problem.conflicts : [];
  return (
    <ModalDialog
      title="Undo this change?"
      description={
        card.person.id === user.id
          ? 'It becomes a change of its own in the trail, linked to this one.'
          : `It becomes a change of its own in the trail, linked to this one; ${card.person.name} is told.`
      }
      easyToLeave={!reason.written}
      onClose={onClose}
      initialFocus={first}
      footer={
        <>
          <Button onClick={onClose}>{conflicts.length ? 'Close' : 'Cancel'}</Button>
          <Button changes="anything" look="primary" because={pending ? 'One moment' : null} onClick={() => void act()}>
            {conflicts.length ? 'Try again' : 'Undo'}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {conflicts.length > 0 ? (
          <ChangedMeanwhile
            card={card}
            conflicts={conflicts}
            heading="It was changed again since, so it can’t be undone"
            advice="Nothing was done. First what the change left, then what stands there now: edit the card where that is wrong."
          />
        ) : (
          problem && <ProblemNote problem={problem} />
        )}
        <WhatComesBack card={card} plan={plan} />
        <ReasonField
          label="Why is it undone?"
          input={first}
          reason={reason}
          uses={card.status === 'approved' ? USES_AFTER_APPROVAL : USES}
          required
          problem={missing ? 'Say why, in a few words: the owner sees it with the change.' : undefined}
        />
      </div>
    </ModalDialog>
  );
}

function useUndo(id: string, change: string) {
  const queries = useQueryClient();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const undo = async (reason: string): Promise<boolean> => {
    setPending(true);
    setProblem(null);
    try {
      queries.setQueryData(timecardQuery(id).queryKey, await client.timecards.undo.mutate({ id, change, reason }));
      return true;
    } catch (thrown) {
      setProblem(problemOf(thrown));
      return false;
    } finally {
      setPending(false);
    }
  };
  return { pending, problem, undo };
}

function WhatComesBack({ card, plan }: Pick<Props, 'card' | 'plan'>) {
  const words = useConflictWords(card);
  const { fields, addedDays, removedDays } = plan;
  const whole = new Set([...addedDays, ...removedDays]);
  return (
    <ul aria-label="What comes back" className="grid gap-1.5 text-sm">
      {addedDays.map((day) => (
        <li key={day}>{dayText(day, 'weekday')} comes off the card</li>
      ))}
      {removedDays.map((day) => (
        <li key={day}>{dayText(day, 'weekday')} comes back, with its times</li>
      ))}
      {fields
        .filter(({ field }) => !whole.has(field.split('.')[1] ?? ''))
        .map(({ field, found, left }) => (
          <li key={field} className="flex flex-wrap items-baseline gap-x-1.5">
            <span className="text-ink-2">{words.label(field)}</span>
            <OldValue>{words.value(field, left)}</OldValue>
            <span className="text-ink-3">→</span>
            <NewValue>{words.value(field, found)}</NewValue>
          </li>
        ))}
    </ul>
  );
}
