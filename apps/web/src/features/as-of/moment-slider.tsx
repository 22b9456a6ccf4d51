import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useId } from 'react';
import type { MomentView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { timeIn } from '../../ui/time-text.tsx';
import { useWords } from '../trail/vocabulary.ts';

interface Props {
  readonly moments: readonly MomentView[];
  /** Which moment is shown; -1 before the first. */
  readonly index: number;
  readonly timeZone: string;
  readonly onChange: (index: number) => void;
}

/** A moment in a few words: `Change 2 of 9, 3 Nov 2026, 17:03:12 CET, User edit by Li Wei`. */
export function useMomentName(moments: readonly MomentView[], timeZone: string): (index: number) => string {
  const words = useWords();
  return (index) => {
    const moment = moments[index];
    if (!moment) return 'Before the first change';
    const what = moment.actions.map(words.action).join(', ');
    return `Change ${index + 1} of ${moments.length}, ${timeIn(moment.at, timeZone, 'full')}, ${what} by ${moment.by.name}`;
  };
}

/** Every change set of a record as a stop: dragged, tapped, or walked with the arrow keys; two buttons do the same. */
export function MomentSlider({ moments, index, timeZone, onChange }: Props) {
  const id = useId();
  const name = useMomentName(moments, timeZone);
  const last = moments.length - 1;
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Moment
      </label>
      <div className="flex items-center gap-1.5">
        <Button
          look="quiet"
          icon={ChevronLeft}
          aria-label="Earlier"
          className="px-1.5!"
          because={index <= 0 ? 'This is the first change' : null}
          onClick={() => onChange(index - 1)}
        />
        <div className="min-w-0 flex-1">
          <input
            id={id}
            type="range"
            min={0}
            max={Math.max(last, 0)}
            step={1}
            value={Math.max(index, 0)}
            aria-valuetext={name(index)}
            onChange={({ target }) => onChange(Number(target.value))}
            className="block h-6 w-full accent-accent pointer-coarse:h-11"
          />
          <Ticks moments={moments} />
        </div>
        <Button
          look="quiet"
          icon={ChevronRight}
          aria-label="Later"
          className="px-1.5!"
          because={index >= last ? 'This is the latest change' : null}
          onClick={() => onChange(index + 1)}
        />
      </div>
    </div>
  );
}

/** Where changes lie on the slider; one after an approval stands out. The thumb's middle is half its width from either end. */
const Ticks = ({ moments }: Pick<Props, 'moments'>) => (
  <div aria-hidden className="relative mx-2 h-1.5">
    {moments.length > 1 &&
      moments.map(({ position, afterApproval }, index) => (
        <span
          key={position}
          style={{ left: `${(index / (moments.length - 1)) * 100}%` }}
          className={`absolute top-0 -translate-x-1/2 ${afterApproval ? 'h-1.5 w-0.5 bg-other' : 'h-1 w-px bg-line-strong'}`}
        />
      ))}
  </div>
);
