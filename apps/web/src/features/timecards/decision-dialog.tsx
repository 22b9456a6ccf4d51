import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import type { TimecardView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { hoursText } from '@countersign/domain/record/value-format.rules';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { ProblemNote } from './problem-note.tsx';
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

interface Props {
  readonly card: TimecardView;
  readonly step: Decision;
  readonly onClose: () => void;
}

export default function DecisionDialog({ card, step, onClose }: Props) {
  const navigate = useNavigate();
  const [reason, setReason] = useState('');
  const first = useRef<HTMLButtonElement>(null);
  const { pending, problem, changed, decide } = useDecision(card, step);
  const { title, about, confirm, done } = wordsOf(step, card);
  const act = async () => {
    if (!(await decide(reason.trim()))) return;
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
        <Field label="Reason" required={false} hint="Stands with it in the audit trail.">
          {({ className, ...control }) => (
            <textarea
              {...control}
              rows={2}
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
              className={`${className} py-1.5`}
            />
          )}
        </Field>
      )}
    </ModalDialog>
  );
}
