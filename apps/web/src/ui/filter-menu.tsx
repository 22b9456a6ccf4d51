import { ChevronDown, X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Icon } from './icon.tsx';
import { LazyPanel, preloadPanel } from './lazy-panel.tsx';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** How many there are; undefined where nobody counted. */
  readonly count?: number | undefined;
}

interface Props {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  /** One at most. */
  readonly single?: boolean;
  /** Why there is nothing to choose from, where that isn't simply so. */
  readonly missing?: string | undefined;
  /** Stands below the choices. */
  readonly note?: string | undefined;
}

/** One filter as a chip: says what it lets through, opens what there is to choose from, and can be taken off. */
export function FilterMenu({ label, choices, chosen, onChange, single = false, missing, note }: Props) {
  const text =
    chosen.length === 0
      ? null
      : chosen.length > 1
        ? `${chosen.length} chosen`
        : (choices.find(({ value }) => value === chosen[0])?.label ?? chosen[0] ?? '');
  return (
    <FilterChip label={label} text={text} onClear={() => onChange([])}>
      {(close) => (
        <ChoiceList
          label={label}
          choices={choices}
          chosen={chosen}
          missing={missing}
          note={note}
          single={single}
          onChange={(next) => (onChange(next), single && close())}
        />
      )}
    </FilterChip>
  );
}

interface ChipProps {
  readonly label: string;
  /** What is chosen, in words; null for nothing. */
  readonly text: string | null;
  readonly onClear: () => void;
  readonly children: (close: () => void) => ReactNode;
}

export function FilterChip({ label, text, onClear, children }: ChipProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const active = text !== null;
  return (
    <span
      className={`inline-flex h-7 shrink-0 items-center rounded-md border text-sm transition-colors pointer-coarse:h-11 ${active ? 'border-transparent bg-accent-soft text-accent' : 'border-line-strong text-ink-2 hover:bg-hover'}`}
    >
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={preloadPanel}
        onFocus={preloadPanel}
        onClick={() => setOpen(!open)}
        className={`flex h-full items-center gap-1 whitespace-nowrap rounded-md font-[540] ${active ? 'pl-2.5 pr-1' : 'px-2.5'}`}
      >
        {active ? (
          <>
            <span className="font-normal">{label}:</span> <span className="max-w-44 truncate">{text}</span>
          </>
        ) : (
          <>
            {label} <Icon of={ChevronDown} size={13} className="opacity-70" />
          </>
        )}
      </button>
      {active && <RemoveButton label={`Remove the filter ${label}`} onClick={onClear} />}
      {open && (
        <LazyPanel anchor={button} label={label} onClose={() => setOpen(false)}>
          {children(() => setOpen(false))}
        </LazyPanel>
      )}
    </span>
  );
}

export const RemoveButton = ({ label, onClick }: { readonly label: string; readonly onClick: () => void }) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    onClick={onClick}
    className="grid h-full w-6 place-items-center rounded-md hover:bg-accent/10 pointer-coarse:w-10"
  >
    <Icon of={X} size={13} />
  </button>
);

/** From here on, finding by typing is quicker than looking. */
const MANY = 8;

function ChoiceList({ label, choices: unordered, chosen, onChange, single, missing, note }: Props) {
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
