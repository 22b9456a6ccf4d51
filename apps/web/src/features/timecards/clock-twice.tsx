interface Props {
  readonly time: string;
  readonly offsets: readonly [string, string];
  readonly later: boolean;
  readonly onChange: (later: boolean) => void;
}

/** When summer time ends, one hour happens twice: which of the two is meant nobody can guess. */
export const ClockTwice = ({ time, offsets, later, onChange }: Props) => (
  <fieldset className="num mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-2">
    <legend className="sr-only">{time} happens twice that night</legend>
    <span aria-hidden>{time} happens twice that night:</span>
    {offsets.map((offset, index) => (
      <label key={offset} className="flex items-center gap-1.5 pointer-coarse:min-h-11">
        <input type="radio" checked={later === (index === 1)} onChange={() => onChange(index === 1)} className="accent-(--accent)" />
        {index === 0 ? 'the first' : 'the second'} ({offset})
      </label>
    ))}
  </fieldset>
);
