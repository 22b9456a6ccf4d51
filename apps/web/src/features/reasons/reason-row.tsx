import { Archive, ArchiveRestore, ArrowDown, ArrowUp, type LucideIcon, Pencil } from 'lucide-react';
import type { ReasonView } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Reasons } from './use-reasons.ts';
import { USE_WORDS } from './use-words.ts';

interface Props {
  readonly reason: ReasonView;
  readonly reasons: Reasons;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onEdit: () => void;
}

/** One reason of the list, for what it is offered, and what can be done with it. */
export function ReasonRow({ reason, reasons, isFirst, isLast, onEdit }: Props) {
  const { label, offeredFor, active } = reason;
  const wait = reasons.busy ? 'One moment' : null;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className={`font-medium ${active ? '' : 'text-ink-2'}`}>{label}</p>
        <p className="text-xs text-ink-3">{offeredFor.map((use) => USE_WORDS[use]).join(' · ')}</p>
      </div>
      <div className="-mr-1.5 flex">
        <RowButton
          icon={ArrowUp}
          label={`Move “${label}” up`}
          because={wait ?? (isFirst ? 'It stands first already' : null)}
          onClick={() => reasons.move(reason, -1)}
        />
        <RowButton
          icon={ArrowDown}
          label={`Move “${label}” down`}
          because={wait ?? (isLast ? 'It stands last already' : null)}
          onClick={() => reasons.move(reason, 1)}
        />
        <RowButton icon={Pencil} label={`Change “${label}”`} because={null} onClick={onEdit} />
        {active ? (
          <RowButton icon={Archive} label={`Retire “${label}”`} because={wait} onClick={() => reasons.retire(reason)} />
        ) : (
          <RowButton icon={ArchiveRestore} label={`Restore “${label}”`} because={wait} onClick={() => reasons.restore(reason)} />
        )}
      </div>
    </li>
  );
}

interface ButtonProps {
  readonly icon: LucideIcon;
  readonly label: string;
  /** Why it can't be used now. */
  readonly because: string | null;
  readonly onClick: () => void;
}

const RowButton = ({ icon, label, because, onClick }: ButtonProps) => (
  <button
    type="button"
    aria-label={label}
    aria-disabled={because !== null || undefined}
    title={because ?? label}
    onClick={() => because === null && onClick()}
    className="grid size-8 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink aria-disabled:opacity-40 aria-disabled:hover:bg-transparent pointer-coarse:size-11"
  >
    <Icon of={icon} />
  </button>
);
