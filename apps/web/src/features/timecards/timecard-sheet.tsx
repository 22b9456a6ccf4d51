import { NotebookPen } from 'lucide-react';
import type { TimecardView } from '../../api/views.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { DaysTable } from './days-table.tsx';
import type { FreshChanges } from './fresh-changes.ts';
import { EditedAfterApprovalTag, EditedTag, StatusTag } from './status-tag.tsx';
import { ToMend } from './to-mend.tsx';
import { StatusSteps } from './status-steps.tsx';

interface Props {
  readonly card: TimecardView;
  readonly fresh: FreshChanges;
}

/** A card as it stands: whose, where, in which status, its days and what was noted. */
export const TimecardSheet = ({ card, fresh }: Props) => (
  <>
    <div className="flex items-start gap-3">
      <Avatar id={card.person.id} name={card.person.name} size="lg" />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <StatusTag status={card.status} />
          {card.editedAfterApproval ? <EditedAfterApprovalTag /> : card.manuallyEdited && <EditedTag />}
        </div>
        <p className="mt-1 text-sm text-ink-2">
          {card.site.name} <span className="text-ink-3">· {card.timeZone}</span>
        </p>
      </div>
    </div>
    <StatusSteps card={card} />
    <ToMend card={card} />
    <DaysTable card={card} fresh={fresh} />
    {card.adminNotes && (
      <div className="flex gap-2.5 text-sm">
        <Icon of={NotebookPen} className="mt-0.5 text-ink-3" />
        <p className="whitespace-pre-wrap">
          <span className="text-ink-3">Admin notes: </span>
          {card.adminNotes}
        </p>
      </div>
    )}
  </>
);
