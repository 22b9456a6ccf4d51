import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { useRef, useState } from 'react';
import type { TimecardView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { Bone, ProblemState } from '../../ui/page-state.tsx';
import { useGivenReason } from '../reasons/use-given-reason.ts';
import { CardFields } from './card-fields.tsx';
import type { Path } from './card-form.ts';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { ConflictPanel } from './conflict-panel.tsx';
import { FieldsToMend } from './fields-to-mend.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ReasonField } from './reason-field.tsx';
import type { Saved } from './save-edit.ts';
import { type CardEdit, refusedAt, UNREADABLE, useCardEdit } from './use-card-edit.ts';

interface Props {
  readonly card: TimecardView;
  readonly onClose: () => void;
}

const REJECTED: readonly ReasonUse[] = ['rejection'];
const REJECTED_WITH_CHANGES: readonly ReasonUse[] = ['rejection', 'rejection_edit'];

/** A rejection says why, and may mend fields on the way: those are recorded as part of it. */
export default function RejectDialog({ card, onClose }: Props) {
  const edit = useCardEdit(card, 'reject', 'responsible');
  const reason = useGivenReason();
  const [toMend, setToMend] = useState<ReadonlySet<string>>(new Set());
  const [missing, setMissing] = useState(false);
  const first = useRef<HTMLTextAreaElement>(null);
  const finish = (saved: Saved | null) => {
    if (!saved) return;
    notify({ text: `Rejected: ${card.person.name}, ${card.label}` });
    onClose();
  };
  const hasReason = () => {
    setMissing(!reason.isGiven);
    return reason.isGiven;
  };
  const { unsettled } = edit;
  // After a change by somebody else the second try rests on what is shown now.
  const reject = (theirs: ReadonlySet<Path> = new Set()) => {
    if (!hasReason()) return;
    const given = { reason: reason.written, fieldsToMend: [...toMend] };
    void (unsettled ? edit.settle(theirs, given) : edit.save(given)).then(finish);
  };
  return (
    <ModalDialog
      wide
      easyToLeave={!reason.written && toMend.size === 0 && edit.changed.size === 0}
      title="Reject this timecard?"
      description={`${card.person.name} is told why, and can mend and submit it again.`}
      onClose={onClose}
      initialFocus={first}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button changes="anything" look="danger" because={whyNot(edit)} onClick={() => reject()}>
            {confirmText(edit)}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {edit.problem && <ProblemNote problem={edit.problem} />}
        {unsettled && unsettled.theirs.length > 0 && <ChangedMeanwhile card={card} conflicts={unsettled.theirs} />}
        <ReasonField
          label="What has to be mended?"
          input={first}
          reason={reason}
          uses={edit.changed.size ? REJECTED_WITH_CHANGES : REJECTED}
          required
          problem={missing ? 'Say what is wrong: without that nobody can mend it.' : refusedAt(edit.refused, 'reason')}
        />
        <FieldsToMend card={edit.card} chosen={toMend} onChange={setToMend} problem={refusedAt(edit.refused, 'fields_to_mend')} />
        {unsettled && overlaps(edit) && <ConflictPanel edit={edit} unsettled={unsettled} onSettle={reject} />}
        <MendOnTheWay edit={edit} />
      </div>
    </ModalDialog>
  );
}

const overlaps = ({ unsettled }: CardEdit) => unsettled !== null && unsettled.overlaps.length > 0;

function whyNot(edit: CardEdit): string | null {
  if (edit.pending) return 'One moment';
  if (edit.unreadable) return UNREADABLE;
  return overlaps(edit) ? 'Choose above first which values stay' : null;
}

function confirmText({ unsettled, changed }: CardEdit): string {
  if (unsettled) return 'Reject as it is now';
  return changed.size ? `Reject with ${changed.size} ${changed.size === 1 ? 'change' : 'changes'}` : 'Reject';
}

/** They may come later than the dialog, or not at all: what is rejected without mending anything goes out all the same. */
function Times({ edit }: { readonly edit: CardEdit }) {
  if (edit.loading === 'pending') return <Bone className="h-40 w-full" />;
  if (edit.loading) return <ProblemState problem={edit.loading} what="the times" onRetry={edit.retryLoading} />;
  return <CardFields edit={edit} />;
}

function MendOnTheWay({ edit }: { readonly edit: CardEdit }) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="rounded-sm text-sm font-medium text-accent hover:underline"
      >
        {open ? 'Fold the times' : 'Mend times on the way'}
      </button>
      {open && (
        <div className="mt-3">
          <Times edit={edit} />
        </div>
      )}
    </div>
  );
}
