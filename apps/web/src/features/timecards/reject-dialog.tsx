import { useState } from 'react';
import type { TimecardView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { CardFields } from './card-fields.tsx';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { ConflictPanel } from './conflict-panel.tsx';
import { ProblemNote } from './problem-note.tsx';
import { ReasonField } from './reason-field.tsx';
import { refusedAt, type Saved, useCardEdit } from './use-card-edit.ts';

interface Props {
  readonly card: TimecardView;
  readonly onClose: () => void;
}

/** A rejection says why, and may mend fields on the way: those are recorded as part of it. */
export default function RejectDialog({ card, onClose }: Props) {
  const edit = useCardEdit(card, 'reject');
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [mending, setMending] = useState(false);
  const finish = (saved: Saved | null) => {
    if (!saved) return;
    notify({ text: `Rejected: ${card.person.name}, ${card.label}` });
    onClose();
  };
  const hasReason = () => {
    setMissing(reason.trim().length < 3);
    return reason.trim().length >= 3;
  };
  const { unsettled } = edit;
  const overlapping = unsettled !== null && unsettled.overlaps.length > 0;
  const reject = () => {
    if (!hasReason()) return;
    // After a change by somebody else the second try rests on what is shown now.
    void (unsettled ? edit.settle(new Set(), reason.trim()) : edit.save(reason.trim())).then(finish);
  };
  return (
    <ModalDialog
      wide
      easyToLeave={!reason && edit.changed.size === 0}
      title="Reject this timecard?"
      description={`${card.person.name} is told why, and can mend and submit it again.`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" because={edit.pending ? 'One moment' : overlapping ? 'Choose above first which values stay' : null} onClick={reject}>
            {unsettled ? 'Reject as it is now' : edit.changed.size ? `Reject with ${edit.changed.size} ${edit.changed.size === 1 ? 'change' : 'changes'}` : 'Reject'}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {edit.problem && <ProblemNote problem={edit.problem} />}
        {unsettled && unsettled.theirs.length > 0 && <ChangedMeanwhile card={card} conflicts={unsettled.theirs} />}
        <ReasonField label="What has to be mended?" value={reason} onChange={setReason} required problem={missing ? 'Say what is wrong: without that nobody can mend it.' : refusedAt(edit.refused, 'reason')} />
        {unsettled && overlapping && <ConflictPanel edit={edit} unsettled={unsettled} onSettle={(theirs) => hasReason() && void edit.settle(theirs, reason.trim()).then(finish)} />}
        {edit.form && (
          <div>
            <button type="button" aria-expanded={mending} onClick={() => setMending(!mending)} className="rounded-sm text-sm font-medium text-accent hover:underline">
              {mending ? 'Leave the times as they are' : 'Mend times on the way'}
            </button>
            {mending && (
              <div className="mt-3">
                <CardFields edit={edit} />
              </div>
            )}
          </div>
        )}
      </div>
    </ModalDialog>
  );
}
