import { ChevronDown, X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import type { ChoicesProps } from './choices.ts';
import { Icon } from './icon.tsx';
import { ChoiceList } from './lazy-panel.tsx';
import { PanelButton } from './panel-button.tsx';

/** One filter as a chip: says what it lets through, opens what there is to choose from, and can be taken off. */
export function FilterMenu({ label, choices, chosen, onChange, single = false, missing, note }: ChoicesProps) {
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
  const active = text !== null;
  const chip = useRef<HTMLSpanElement>(null);
  const clear = () => {
    // The button that was pressed goes: whoever pressed it by a key goes on where the filter is chosen.
    chip.current?.querySelector('button')?.focus();
    onClear();
  };
  return (
    <span
      ref={chip}
      className={`inline-flex h-7 shrink-0 items-center rounded-md border text-sm transition-colors pointer-coarse:h-11 ${active ? 'border-transparent bg-accent-soft text-accent' : 'border-line-strong text-ink-2 hover:bg-hover'}`}
    >
      <PanelButton
        label={label}
        className={`flex h-full items-center gap-1 whitespace-nowrap rounded-md font-[540] ${active ? 'pl-2.5 pr-1' : 'px-2.5'}`}
        face={
          active ? (
            <>
              <span className="font-normal">{label}:</span> <span className="max-w-44 truncate">{text}</span>
            </>
          ) : (
            <>
              {label} <Icon of={ChevronDown} size={13} className="opacity-70" />
            </>
          )
        }
      >
        {children}
      </PanelButton>
      {active && <RemoveButton label={`Remove the filter ${label}`} onClick={clear} />}
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
