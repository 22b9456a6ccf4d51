import { ChevronRight } from 'lucide-react';
import { memo } from 'react';
import { Icon } from '../../ui/icon.tsx';
import type { Density } from '../../ui/preferences.ts';
import type { ChangeSet } from './change-sets.ts';
import { runText } from './runs.ts';

interface Props {
  /** All of the run but its newest, newest first. */
  readonly earlier: readonly ChangeSet[];
  readonly unfolded: boolean;
  readonly onToggle: (earlier: readonly ChangeSet[], unfold: boolean) => void;
  readonly timeZone: string;
  readonly density: Density;
}

/** What a run folds behind: how many changes there are below the newest one, by whom and when. */
export const RunRow = memo(function RunRow({ earlier, unfolded, onToggle, timeZone, density }: Props) {
  return (
    <div
      className={`border-b border-line pl-12.5 pr-4 sm:pl-13.5 sm:pr-5 ${density === 'compact' ? 'py-0.5 @2xl:pl-41.5' : 'py-1 @2xl:pl-33.5'}`}
    >
      <button
        type="button"
        aria-expanded={unfolded}
        onClick={() => onToggle(earlier, !unfolded)}
        className="num -ml-0.5 inline-flex min-h-6 items-center gap-1 rounded px-1 text-left text-xs text-ink-3 hover:bg-well hover:text-ink pointer-coarse:min-h-9"
      >
        <Icon of={ChevronRight} size={13} className={`transition-transform ${unfolded ? 'rotate-90' : ''}`} />
        {runText(earlier, timeZone)}
      </button>
    </div>
  );
});
