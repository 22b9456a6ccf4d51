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
  const locked = edit.locked.has(specPath(path));
  const toMend = edit.locked.size > 0 && !locked && !disabled;
  const nextDay = meant && !meant.problem && /[+−]\d/.test(meant.text) && !/[+−-]\s*\d/.test(typed) ? meant.text.slice(5).trim() : null;
  return (
    <span className="relative block">
      <input
        id={id}
        aria-label={label}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        readOnly={disabled || locked}
        data-removed={disabled || undefined}
        data-locked={locked || undefined}
        data-mend={toMend || undefined}
        title={locked ? LOCKED : toMend ? 'To be mended' : undefined}
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        placeholder="–"
        onChange={({ target }) => edit.type(path, target.value)}
        onBlur={() => meant && !meant.problem && meant.text !== typed && edit.type(path, meant.text)}
        data-changed={(edit.changed.has(path) && !invalid) || undefined}
        className={`${CONTROL} num h-8 px-2 read-only:border-line read-only:text-ink-3 data-locked:bg-well data-mend:border-refuse/70 data-removed:line-through`}
      />
      {(locked || (toMend && !nextDay)) && (
        <span className={`pointer-events-none absolute right-1.5 top-1/2 -translate-y-1/2 ${locked ? 'text-ink-3' : 'text-refuse'}`}>
          <Icon of={locked ? Lock : Pencil} size={12} />
        </span>
      )}
      {nextDay && !locked && (
        <span title="on the next day" className="num pointer-events-none absolute right-2 top-1/2 -translate-y-1/2 text-xs text-ink-3">
          {nextDay}
        </span>
      )}
    </span>
  );
}
