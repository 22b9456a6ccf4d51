import { useEffect, useRef } from 'react';
import { Icon } from '../../ui/icon.tsx';
import type { Entry, Group } from './entry.ts';

interface Props {
  readonly id: string;
  readonly groups: readonly Group[];
  readonly active: string | undefined;
  readonly onActive: (id: string) => void;
  readonly onChoose: (entry: Entry) => void;
}

/** What was found, by kind. The focus stays in the field: the list only shows which entry is meant. */
export function ResultList({ id, groups, active, onActive, onChoose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const shown = groups.filter(({ entries }) => entries.length > 0);
  const notes = groups.flatMap(({ note }) => note ?? []);
  return (
    <>
      <div
        ref={box}
        id={id}
        role="listbox"
        aria-label="Results"
        className="min-h-0 flex-1 scroll-py-2 overflow-y-auto overscroll-contain px-1.5 pb-1.5 empty:hidden"
      >
        {shown.map(({ name, entries }) => (
          <div key={name} role="group" aria-label={name}>
            <div aria-hidden className="px-2.5 pb-1 pt-2.5 text-xs font-medium text-ink-3">
              {name}
            </div>
            {entries.map((entry) => (
              <Option
                key={entry.id}
                id={`${id}-${entry.id}`}
                entry={entry}
                active={entry.id === active}
                onActive={onActive}
                onChoose={onChoose}
              />
            ))}
          </div>
        ))}
      </div>
      {notes.map((note) => (
        <p key={note} className="shrink-0 border-t border-line px-4 py-2 text-xs text-ink-2">
          {note}
        </p>
      ))}
    </>
  );
}

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly active: boolean;
  readonly onActive: (id: string) => void;
  readonly onChoose: (entry: Entry) => void;
}

const Option = ({ id, entry, active, onActive, onChoose }: OptionProps) => (
  // The field takes the keys: the option is chosen there.
  // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- see above
  <div
    id={id}
    role="option"
    aria-selected={active}
    tabIndex={-1}
    // Only what really moves: a list that scrolls under a resting pointer chooses nothing.
    onPointerMove={() => active || onActive(entry.id)}
    onClick={() => onChoose(entry)}
    className={`flex min-h-9 items-center gap-2.5 rounded-md px-2.5 py-1 text-sm pointer-coarse:min-h-11 ${active ? 'bg-accent-soft' : ''}`}
  >
    <Icon of={entry.icon} className={active ? 'text-accent' : 'text-ink-3'} />
    <span className="min-w-0 flex-1">{entry.label}</span>
    {entry.hint && <span className="shrink-0 text-right text-xs text-ink-3 max-sm:max-w-[40%]">{entry.hint}</span>}
  </div>
);
