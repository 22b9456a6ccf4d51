interface Props {
  readonly label: string;
  /** From 0 to 1; null while nobody knows. */
  readonly value: number | null;
}

/** How far something is that takes a while. */
export function ProgressBar({ label, value }: Props) {
  const percent = value === null ? null : Math.floor(value * 100);
  return (
    <div className="grid gap-1.5 text-sm">
      <div className="flex items-baseline justify-between gap-3">
        <span className="truncate">{label}</span>
        {percent !== null && <span className="num text-ink-3">{percent} %</span>}
      </div>
      <progress value={percent ?? undefined} max={100} aria-label={label} className="h-2 w-full accent-(--accent)" />
    </div>
  );
}
