import { useState } from 'react';
import type { Choice, ChoicesProps } from './choices.ts';

/** From here on, finding by typing is quicker than looking. */
const MANY = 8;

/** What there is to choose from, to be ticked. */
export default function ChoiceList({ label, choices: unordered, chosen, onChange, single, missing, note }: ChoicesProps) {
  const choices = useSteadyOrder(unordered);
  const [sought, setSought] = useState('');
  const needle = sought.trim().toLowerCase();
  const found = choices.filter((choice) => choice.label.toLowerCase().includes(needle) || choice.value.toLowerCase().includes(needle));
  const toggle = (value: string) =>
    onChange(
      single
        ? chosen.includes(value)
          ? []
          : [value]
        : chosen.includes(value)
          ? chosen.filter((one) => one !== value)
          : [...chosen, value],
    );
  return (
    <div className="p-1.5">
      {choices.length > MANY && (
        <input
          type="search"
          aria-label={`Find in ${label}`}
          placeholder={`Find in ${label.toLowerCase()}`}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
          className="mb-1.5 h-8 w-full rounded-md border border-edge bg-paper px-2.5 text-sm pointer-coarse:h-11"
        />
      )}
      <ul aria-label={label}>
        {found.map(({ value, label, hint, count }) => (
          <li key={value}>
            <label className="flex min-h-8 items-center gap-2.5 rounded-md px-2 py-1 text-sm hover:bg-hover pointer-coarse:min-h-11">
              <input
                type="checkbox"
                aria-label={label}
                checked={chosen.includes(value)}
                onChange={() => toggle(value)}
                className="size-4 shrink-0 accent-(--accent)"
              />
              <span className="min-w-0 flex-1">{label}</span>
              {hint && <span className="text-xs text-ink-3">{hint}</span>}
              {count !== undefined && <span className="num min-w-9 text-right text-xs text-ink-2">{count.toLocaleString('en')}</span>}
            </label>
          </li>
        ))}
      </ul>
      {note && found.length > 0 && <p className="border-t border-line px-2 pb-1 pt-2 text-xs text-ink-3">{note}</p>}
      {(found.length === 0 || missing) && (
        <p className="px-2 py-3 text-sm text-ink-2">
          {missing ?? (needle ? `Nothing is called “${sought.trim()}”.` : 'There is nothing to choose from yet.')}
        </p>
      )}
    </div>
  );
}

/** The order in which the choices stood when the list was opened: counts grow, and nothing may move under the pointer. */
function useSteadyOrder(choices: readonly Choice[]): readonly Choice[] {
  const [order, setOrder] = useState<readonly string[]>([]);
  const values = choices.map(({ value }) => value);
  const isNew = values.some((value) => !order.includes(value));
  if (isNew) setOrder(values);
  const rank = new Map((isNew ? values : order).map((value, index) => [value, index]));
  return choices.toSorted((one, other) => (rank.get(one.value) ?? 0) - (rank.get(other.value) ?? 0));
}
