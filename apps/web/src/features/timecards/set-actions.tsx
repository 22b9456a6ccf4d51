import { Link, useRouteContext } from '@tanstack/react-router';
import { mayUndo } from '@countersign/domain/timecards/timecard.rules';
import { undoPlan, type UndoPlan } from '@countersign/domain/timecards/undo.rules';
import { lazy, Suspense, useId, useState } from 'react';
import type { TimecardView } from '../../api/views.ts';
import { type ChangeSet, newestOf } from '../trail/change-sets.ts';

const UndoDialog = lazy(() => import('./undo-dialog.tsx'));

interface Props {
  readonly set: ChangeSet;
  /** Undefined while it is being read, and where it is gone. */
  readonly card: TimecardView | undefined;
}

const LOOK =
  'relative z-1 -mx-1 inline-flex min-h-6 items-center rounded px-1 text-ink-3 hover:bg-well hover:text-ink pointer-coarse:min-h-11';

/** What can be done with one change set of a card: look at the card as it stood then, or undo it. */
export default function SetActions({ set, card }: Props) {
  const undone = newestOf(set.events).metadata['undoes'];
  return (
    <div className="mt-1 flex flex-wrap gap-x-3.5 text-xs print:hidden">
      <Link
        to="."
        search={(now) => ({ ...now, asOf: set.position })}
        replace
        aria-label={`As of here, event ${set.position}`}
        className={LOOK}
      >
        As of here
      </Link>
      <Undo set={set} card={card} />
      {typeof undone === 'string' && (
        <Link to="." search={(now) => ({ ...now, change: undone })} replace className={LOOK}>
          Undoes an earlier change
        </Link>
      )}
    </div>
  );
}

function Undo({ set, card }: Props) {
  const { user } = useRouteContext({ from: '/_app' });
  const [open, setOpen] = useState(false);
  const id = useId();
  const plan = undoPlan(set.events.toReversed());
  const because = whyNot(plan, card, mayUndo(user.role as Parameters<typeof mayUndo>[0]));
  return (
    <>
      <button
        type="button"
        aria-label={`Undo change ${set.position}`}
        aria-disabled={because !== null || undefined}
        aria-describedby={because === null ? undefined : id}
        title={because ?? undefined}
        onClick={() => because === null && setOpen(true)}
        className={`${LOOK} aria-disabled:cursor-not-allowed aria-disabled:opacity-55 aria-disabled:hover:bg-transparent`}
      >
        Undo
      </button>
      {because !== null && (
        <span id={id} hidden>
          {because}
        </span>
      )}
      {open && card && !('refused' in plan) && (
        <Suspense fallback={null}>
          <UndoDialog card={card} changeId={set.changeId} plan={plan} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Why this can't be undone now, by this person; null where it can. What was changed since is found out by trying. */
function whyNot(plan: ReturnType<typeof undoPlan>, card: TimecardView | undefined, may: boolean): string | null {
  if (!may) return 'Changes are undone by managers and admins.';
  if (!isPlan(plan)) return plan.refused;
  if (!card) return 'The timecard isn’t there.';
  return card.actions.edit.allowed ? null : (card.actions.edit.reason ?? 'This timecard can’t be changed now.');
}

const isPlan = (plan: ReturnType<typeof undoPlan>): plan is UndoPlan => !('refused' in plan);
