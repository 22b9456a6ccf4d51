import { Rows2, Rows4 } from 'lucide-react';
import { useId } from 'react';
import { Icon } from '../../ui/icon.tsx';
import { DENSITIES, type Density, densityPreference, foldingPreference } from '../../ui/preferences.ts';
import { useStore } from '../../ui/store.ts';

const ICONS = { comfortable: Rows2, compact: Rows4 } as const satisfies Record<Density, typeof Rows2>;
const LABELS: Readonly<Record<Density, string>> = { comfortable: 'Comfortable', compact: 'Compact' };

/** How closely rows stand, and whether runs fold. */
export default function ViewChoices() {
  return (
    <div className="grid gap-4 p-4 text-sm">
      <DensitySwitch />
      <FoldingSwitch />
    </div>
  );
}

function DensitySwitch() {
  const chosen = useStore(densityPreference);
  return (
    <fieldset className="grid grid-cols-2 gap-1">
      <legend className="mb-1.5 text-xs font-medium text-ink-3">Rows</legend>
      {DENSITIES.map((density) => (
        <label
          key={density}
          className="relative flex h-8 items-center justify-center gap-1.5 rounded-md border border-line text-xs text-ink-2 has-checked:border-transparent has-checked:bg-accent-soft has-checked:font-semibold has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent pointer-coarse:h-11"
        >
          <input
            type="radio"
            name="density"
            checked={chosen === density}
            onChange={() => densityPreference.set(density)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          <Icon of={ICONS[density]} size={14} /> {LABELS[density]}
        </label>
      ))}
    </fieldset>
  );
}

function FoldingSwitch() {
  const chosen = useStore(foldingPreference);
  const hint = useId();
  return (
    <label className="flex items-start gap-2.5 pointer-coarse:min-h-11">
      <input
        type="checkbox"
        checked={chosen === 'on'}
        aria-describedby={hint}
        onChange={({ target }) => foldingPreference.set(target.checked ? 'on' : 'off')}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <span>
        Fold runs
        <span id={hint} className="block text-xs text-ink-3">
          Of several changes in a row by one person to one record only the newest is a row. Decisions always are.
        </span>
      </span>
    </label>
  );
}
