import { type ReactNode, useId } from 'react';
import { useReadOnly } from '../../ui/read-only.ts';

interface PartProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly children: ReactNode;
}

/** A part of the page: what it is about, and its choices. */
export function Part({ title, about, children }: PartProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-base">
        {title}
      </h2>
      {about && <p className="mt-0.5 text-sm text-ink-2">{about}</p>}
      <div className="mt-3 divide-y divide-line border-y border-line">{children}</div>
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly about?: string;
  readonly checked: boolean;
  /** Why it can't be changed. */
  readonly because?: string | null;
  readonly onChange: (checked: boolean) => void;
}

/** Something that can be on or off; what can't be changed stays where it is and says why. */
export function Choice({ label, about, checked, because: given = null, onChange }: ChoiceProps) {
  const id = useId();
  const because = useReadOnly('anything') ?? given;
  return (
    <div className="flex items-start gap-3 py-3">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-disabled={because !== null || undefined}
        aria-describedby={`${id}-about`}
        onChange={({ target }) => because === null && onChange(target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-(--accent) aria-disabled:opacity-55 pointer-coarse:size-5"
      />
      <div className="min-w-0">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <p id={`${id}-about`} className="text-sm text-ink-2">
          {[about, because].filter(Boolean).join(' ')}
        </p>
      </div>
    </div>
  );
}
