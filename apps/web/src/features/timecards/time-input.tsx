import { LOCKED } from '@countersign/domain/timecards/mending.rules';
import { Lock, Pencil } from 'lucide-react';
import { Icon } from '../../ui/icon.tsx';
import { CONTROL } from '../../ui/field.tsx';
import { type Group, meantIn, type Path, specPath } from './card-form.ts';
import type { CardTyping } from './use-card-edit.ts';

interface Props {
  readonly path: Path;
  readonly group: Group;
  readonly edit: CardTyping;
  readonly label?: string;
  readonly id?: string;
  readonly invalid: boolean;
  readonly describedBy?: string | undefined;
  readonly disabled?: boolean;
}

/** A time typed as people write it; on leaving it is written out as it was understood. */
export function TimeInput({ path, group, edit, label, id, invalid, describedBy, disabled = false }: Props) {
  const typed = edit.typing[path] ?? '';
  const meant = edit.form && meantIn(edit.form, group, edit.typing).get(path);
  const state = stateOf(edit, path, disabled);
  const nextDay = meant && !meant.problem && /[+−]\d/.test(meant.text) && !/[+−-]\s*\d/.test(typed) ? meant.text.slice(5).trim() : null;
  return (
    <span className="relative block">
      <input
        id={id}
        aria-label={label}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        readOnly={disabled || state === 'locked'}
        data-removed={disabled || undefined}
        data-state={state}
        title={state && STATES[state].title}
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        placeholder="–"
        onChange={({ target }) => edit.type(path, target.value)}
        onBlur={() => meant && !meant.problem && meant.text !== typed && edit.type(path, meant.text)}
        data-changed={(edit.changed.has(path) && !invalid) || undefined}
        className={`${CONTROL} num h-8 px-2 read-only:border-line read-only:text-ink-3 data-[state=locked]:bg-well data-[state=mend]:border-refuse/70 data-removed:line-through`}
      />
      {state && !(nextDay && state === 'mend') && <StateMark state={state} />}
      {nextDay && state !== 'locked' && (
        <span title="on the next day" className="num pointer-events-none absolute right-2 top-1/2 -translate-y-1/2 text-xs text-ink-3">
          {nextDay}
        </span>
      )}
    </span>
  );
}

type State = 'locked' | 'mend';

/** TC-11: of a rejected card whose rejection names fields, each is either locked or to be mended. */
function stateOf({ locked }: CardTyping, path: Path, disabled: boolean): State | undefined {
  if (!locked.size || disabled) return undefined;
  return locked.has(specPath(path)) ? 'locked' : 'mend';
}

const STATES = {
  locked: { title: LOCKED, icon: Lock, colour: 'text-ink-3' },
  mend: { title: 'To be mended', icon: Pencil, colour: 'text-refuse' },
} as const;

const StateMark = ({ state }: { readonly state: State }) => (
  <span className={`pointer-events-none absolute right-1.5 top-1/2 -translate-y-1/2 ${STATES[state].colour}`}>
    <Icon of={STATES[state].icon} size={12} />
  </span>
);
