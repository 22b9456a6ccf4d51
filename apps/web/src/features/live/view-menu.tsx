import { Rows2, Rows4, SlidersHorizontal } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LazyPanel, preloadPanel } from '../../ui/lazy-panel.tsx';
import { DENSITIES, type Density, densityPreference, foldingPreference } from '../../ui/preferences.ts';
import { useStore } from '../../ui/store.ts';

const ICONS = { comfortable: Rows2, compact: Rows4 } as const satisfies Record<Density, typeof Rows2>;
const LABELS: Readonly<Record<Density, string>> = { comfortable: 'Comfortable', compact: 'Compact' };

/** How the list is shown: kept for this browser, and no part of the address, since it changes nothing of what is seen. */
export function ViewMenu({ className }: { readonly className?: string }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLSpanElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const toggle = () => {
    opener.current = button.current?.querySelector('button') ?? null;
    setOpen(!open);
  };
  return (
    <span ref={button} className={`shrink-0 ${className ?? ''}`}>
      <Button
        icon={SlidersHorizontal}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={preloadPanel}
        onFocus={preloadPanel}
        onClick={toggle}
        className="max-md:px-2.5"
      >
        <span className="max-md:sr-only">View</span>
      </Button>
      {open && (
        <LazyPanel anchor={opener} label="View" align="end" onClose={() => setOpen(false)}>
          <div className="grid gap-4 p-4 text-sm">
            <DensitySwitch />
            <FoldingSwitch />
          </div>
        </LazyPanel>
      )}
    </span>
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
