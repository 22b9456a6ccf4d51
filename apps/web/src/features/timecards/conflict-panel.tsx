import { UsersRound } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import type { Path } from './card-form.ts';
import { useConflictWords } from './conflict-words.ts';
import type { Overlap } from './merge.ts';
import type { Unsettled } from './save-edit.ts';
import { type CardEdit, UNREADABLE } from './use-card-edit.ts';

interface Props {
  readonly edit: CardEdit;
  readonly unsettled: Unsettled;
  readonly onSettle: (theirs: ReadonlySet<Path>) => void;
}

/** Two people changed the same fields: for each of them what it was, what it has become, and what was typed here. */
export function ConflictPanel({ edit, unsettled: { overlaps, theirs, present }, onSettle }: Props) {
  const words = useConflictWords(edit.card);
  const [chosen, setChosen] = useState<ReadonlyMap<Path, 'theirs' | 'mine'>>(new Map());
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, [overlaps]);
  const open = overlaps.filter(({ path }) => !chosen.has(path)).length;
  const everything = (choice: 'theirs' | 'mine') => setChosen(new Map(overlaps.map(({ path }) => [path, choice])));
  return (
    <section aria-labelledby={id} className="rounded-lg border border-other/40 bg-other/5 p-4">
      <h3 ref={heading} id={id} tabIndex={-1} className="flex items-center gap-2 text-sm text-other outline-none">
        <Icon of={UsersRound} />{' '}
        {overlaps.length === 1 ? 'Somebody else changed the same field' : `Somebody else changed ${overlaps.length} of the same fields`}
      </h3>
      <p className="mt-1 text-sm text-ink-2">Nothing is saved yet, and nothing that you typed is lost. Choose which value stays.</p>
      <div className="mt-3 grid gap-3">
        {overlaps.map((overlap) => (
          <OverlapChoice
            key={overlap.path}
            overlap={overlap}
            words={words}
            timeZone={present.timeZone}
            chosen={chosen.get(overlap.path)}
            onChoose={(choice) => setChosen(new Map([...chosen, [overlap.path, choice]]))}
          />
        ))}
      </div>
      {theirs.length > 0 && (
        <p className="mt-3 text-xs text-ink-3">
          Also changed meanwhile, and kept: {theirs.map(({ field }) => words.label(field)).join(', ')}.
        </p>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        <Button
          look="primary"
          because={whyNot(edit, open)}
          onClick={() => onSettle(new Set([...chosen].flatMap(([path, choice]) => (choice === 'theirs' ? [path] : []))))}
        >
          Save with these choices
        </Button>
        {overlaps.length > 1 && (
          <>
            <Button look="quiet" onClick={() => everything('mine')}>
              Keep all of mine
            </Button>
            <Button look="quiet" onClick={() => everything('theirs')}>
              Use all of theirs
            </Button>
          </>
        )}
      </div>
    </section>
  );
}

function whyNot({ pending, unreadable }: CardEdit, open: number): string | null {
  if (pending) return 'Saving';
  if (unreadable) return UNREADABLE;
  return open ? `Choose for ${open === 1 ? 'one more field' : `${open} more fields`}` : null;
}

interface ChoiceProps {
  readonly overlap: Overlap;
  readonly words: ReturnType<typeof useConflictWords>;
  readonly timeZone: string;
  readonly chosen: 'theirs' | 'mine' | undefined;
  readonly onChoose: (choice: 'theirs' | 'mine') => void;
}

function OverlapChoice({ overlap: { path, conflict, mine }, words, timeZone, chosen, onChoose }: ChoiceProps) {
  const zones = useZones();
  const value = (text: string | null) => words.value(conflict.field, text);
  const who = conflict.changedBy?.name ?? 'the database';
  return (
    <fieldset className="grid gap-2 sm:grid-cols-[minmax(9rem,1fr)_1fr_1fr] sm:items-center">
      <legend className="contents">
        <span className="text-sm">
          <span className="font-medium">{words.label(conflict.field)}</span>
          <span className="num block text-xs text-ink-3">was {value(conflict.base)}</span>
        </span>
      </legend>
      <Option
        name={path}
        checked={chosen === 'theirs'}
        onChoose={() => onChoose('theirs')}
        value={value(conflict.present)}
        label="Use theirs"
      >
        {who}, <TimeText instant={conflict.changedAt} timeZone={zones.of(timeZone)} as="minute" />
      </Option>
      <Option name={path} checked={chosen === 'mine'} onChoose={() => onChoose('mine')} value={value(mine)} label="Keep mine">
        you, not saved yet
      </Option>
    </fieldset>
  );
}

interface OptionProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
  readonly children: React.ReactNode;
}

const Option = ({ name, label, value, checked, onChoose, children }: OptionProps) => (
  <label className="flex items-start gap-2.5 rounded-md border border-line-strong bg-sheet px-3 py-2 text-sm has-checked:border-accent has-checked:bg-accent-soft">
    <input
      type="radio"
      aria-label={`${label}: ${value}`}
      name={`choice ${name}`}
      checked={checked}
      onChange={onChoose}
      className="mt-1 accent-(--accent)"
    />
    <span className="min-w-0">
      <span className="text-xs text-ink-3">{label}</span>
      <span className="num block font-semibold">{value}</span>
      <span className="block text-xs text-ink-3">{children}</span>
    </span>
  </label>
);
