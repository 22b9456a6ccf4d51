import { useQueryClient } from '@tanstack/react-query';
import { Check, Pencil, Printer, SendHorizontal, Trash2, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { TimecardView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { reasonsQuery } from '../reasons/reasons-query.ts';
import { formQuery } from './timecard-queries.ts';

const RejectDialog = lazy(() => import('./reject-dialog.tsx'));
const DecisionDialog = lazy(() => import('./decision-dialog.tsx'));

type Step = keyof TimecardView['actions'];

interface Props {
  readonly card: TimecardView;
  readonly onEdit: () => void;
  /** Null while the trail is being read to its end for it. */
  readonly onPrint: (() => void) | null;
}

/**
 * What can be done with a card. A step that can't be taken now stays where it is and says why; the one that is most
 * likely next stands out.
 */
export function TimecardActions({ card, onEdit, onPrint }: Props) {
  const [open, setOpen] = useState<Exclude<Step, 'edit'> | null>(null);
  const queries = useQueryClient();
  const { approve, submit } = card.actions;
  /** What the form needs is on its way before it opens. */
  const prepare = (step: 'edit' | 'reject') => () => {
    if (!card.actions[step].allowed) return;
    void queries.prefetchQuery(formQuery(step === 'edit' ? 'timecards.update' : 'timecards.reject'));
    void queries.prefetchQuery(reasonsQuery);
  };
  const next: Step = approve.allowed ? 'approve' : submit.allowed ? 'submit' : 'edit';
  const look = (step: Step) => (step === next && card.actions[step].allowed ? 'primary' : 'plain');
  const because = (step: Step) => (card.actions[step].allowed ? null : (card.actions[step].reason ?? 'This can’t be done now'));
  const anew = card.status === 'approved' && card.editedAfterApproval;
  return (
    <div className="@container print:hidden">
      <div className="flex flex-wrap gap-2">
        <Button look={look('approve')} icon={Check} because={because('approve')} onClick={() => setOpen('approve')}>
          {anew ? 'Approve anew' : 'Approve'}
        </Button>
        <Button look={look('submit')} icon={SendHorizontal} because={because('submit')} onClick={() => setOpen('submit')}>
          {card.status === 'rejected' ? 'Submit again' : 'Submit'}
        </Button>
        <Button look={look('edit')} data-edit icon={Pencil} because={because('edit')} onClick={onEdit} onPointerEnter={prepare('edit')}>
          Edit
        </Button>
        <Button icon={X} because={because('reject')} onClick={() => setOpen('reject')} onPointerEnter={prepare('reject')}>
          Reject
        </Button>
        <div className="flex gap-2 sm:ml-auto">
          <PrintButton onPrint={onPrint} />
          <Button look="quiet" icon={Trash2} title="Delete" because={because('delete')} onClick={() => setOpen('delete')} className={SMALL}>
            <span className={WORD}>Delete</span>
          </Button>
        </div>
      </div>
      <WhyNot card={card} />
      {open && (
        <Suspense fallback={null}>
          {open === 'reject' ? (
            <RejectDialog card={card} onClose={() => setOpen(null)} />
          ) : (
            <DecisionDialog card={card} step={open} onClose={() => setOpen(null)} />
          )}
        </Suspense>
      )}
    </div>
  );
}

/** What is seldom done stands beside the rest as a sign, where words would take another line. */
const SMALL = '@max-xl:px-2.5';
const WORD = '@max-xl:sr-only';

const PrintButton = ({ onPrint }: Pick<Props, 'onPrint'>) => (
  <Button
    look="quiet"
    icon={Printer}
    title="Print"
    because={onPrint ? null : 'Reading the whole trail first'}
    onClick={() => onPrint?.()}
    className={SMALL}
  >
    <span className={WORD}>Print</span>
  </Button>
);

/** Where nothing can be done at all, one sentence says so without a pointer over a button. */
function WhyNot({ card: { actions } }: { readonly card: TimecardView }) {
  const { approve, submit, edit, reject } = actions;
  if ([approve, submit, edit, reject].some(({ allowed }) => allowed)) return null;
  const reason = edit.reason ?? approve.reason;
  return reason && <p className="mt-2.5 text-xs text-ink-3">{reason}</p>;
}
