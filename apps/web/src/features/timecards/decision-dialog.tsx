import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { TimecardView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { hoursText } from '@countersign/domain/record/value-format.rules';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { useGivenReason } from '../reasons/use-given-reason.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ReasonField } from './reason-field.tsx';
import { type Decision, useDecision } from './use-decision.ts';

interface Words {
  readonly title: string;
  readonly about: ReactNode;
  readonly confirm: string;
  readonly done: string;
}

function wordsOf(step: Decision, card: TimecardView): Words {
  const hours = <strong className="num font-semibold text-ink">{hoursText(card.totalHours)}</strong>;
  const whose = `${card.person.name}, ${card.label}`;
  switch (step) {
    case 'approve':
      return {
        title: card.status === 'approved' ? 'Approve anew?' : 'Approve this timecard?',
        about: (
          <>
            {hours} hours of {whose}. {card.person.name} is told. From then on only an admin can change it.
          </>
        ),
        confirm: 'Approve',
        done: `Approved: ${whose}`,
      };
    case 'submit':
      return {
        title: 'Submit for approval?',
        about: (
          <>
            {hours} hours, {card.label}. Until somebody has decided, the times can’t be changed.
          </>
        ),
        confirm: 'Submit',
        done: `Submitted: ${whose}`,
      };
    case 'delete':
      return {
        title: 'Delete this draft?',
        about: `${whose}. What was recorded about it stays in the audit trail; the draft itself doesn’t come back.`,
        confirm: 'Delete',
        done: `Deleted: ${whose}`,
      };
    default:
      return step satisfies never;
  }
}

const APPROVED_ANEW: readonly ReasonUse[] = ['after_approval'];
const NOTHING_TO_PICK: readonly ReasonUse[] = [];

interface Props {
  readonly card: TimecardView;
  readonly step: Decision;
  readonly onClose: () => void;
}

export default function DecisionDialog({ card, step, onClose }: Props) {
  const navigate = useNavigate();
  const reason = useGivenReason();
  const first = useRef<HTMLButtonElement>(null);
  const { pending, problem, changed, decide } = useDecision(card, step);
  const { title, about, confirm, done } = wordsOf(step, card);
  const act = async () => {
    if (!(await decide(reason.written))) return;
    notify({ text: done });
    onClose();
    if (step === 'delete') await navigate({ to: '/timecards' });
  };
  const conflicting = problem?.code === 'CONFLICT';
  return (
    <ModalDialog
      title={title}
      description={about}
      onClose={onClose}
      initialFocus={first}
      footer={
        <>
          <Button {...(step === 'delete' && { ref: first })} onClick={onClose}>
            Cancel
          </Button>
          <Button
            {...(step !== 'delete' && { ref: first })}
            changes="anything"
            look={step === 'delete' ? 'danger' : 'primary'}
            because={pending ? 'One moment' : null}
            onClick={() => void act()}
          >
            {conflicting ? `${confirm} as it is now` : confirm}
          </Button>
        </>
      }
    >
      {conflicting ? <ChangedMeanwhile card={card} conflicts={changed} /> : problem && <ProblemNote problem={problem} />}
      {step !== 'submit' && (
        <ReasonField
          reason={reason}
          uses={step === 'approve' && card.status === 'approved' ? APPROVED_ANEW : NOTHING_TO_PICK}
          required={false}
        />
      )}
    </ModalDialog>
  );
}
