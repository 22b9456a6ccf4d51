import { MessageSquareWarning } from 'lucide-react';
import type { TimecardView } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';
import { useConflictWords } from './conflict-words.ts';

/** TC-8, TC-11: why a card was rejected, and the fields that it is about; the others can't be changed by the owner. */
export function ToMend({ card }: { readonly card: TimecardView }) {
  const words = useConflictWords(card);
  if (!card.rejectionReason) return null;
  return (
    <div className="flex gap-2.5 rounded-md bg-refuse/6 px-3.5 py-2.5 text-sm">
      <Icon of={MessageSquareWarning} className="mt-0.5 text-refuse" />
      <div className="min-w-0">
        <p>
          <span className="font-medium text-refuse">To be mended: </span>
          {card.rejectionReason}
        </p>
        {card.fieldsToMend.length > 0 && (
          <>
            <ul aria-label="Fields to mend" className="mt-1.5 flex flex-wrap gap-1.5">
              {card.fieldsToMend.map((field) => (
                <li key={field} className="rounded border border-refuse/30 px-1.5 text-xs leading-5">
                  {words.label(field)}
                </li>
              ))}
            </ul>
            <p className="mt-1.5 text-xs text-ink-2">
              The other times are locked for the owner; in-house staff, managers and admins can change any.
            </p>
          </>
        )}
      </div>
    </div>
  );
}
