import { Search } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { Icon } from '../ui/icon.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { COMMAND_KEY, isCommand } from '../ui/shortcuts.ts';
import { createStore, useStore } from '../ui/store.ts';
import { whenIdle } from '../ui/when-idle.ts';

const opened = createStore(false);
const load = () => import('../features/palette/palette.tsx');
const List = lazy(load);
const preload = () => void load().catch(() => undefined);

/** Opens the palette, and says by which keys it opens too. */
export const PaletteButton = () => (
  <button
    type="button"
    aria-haspopup="dialog"
    aria-keyshortcuts={COMMAND_KEY === '⌘' ? 'Meta+K' : 'Control+K'}
    onPointerEnter={preload}
    onFocus={preload}
    onClick={() => opened.set(true)}
    className="flex items-center rounded-md text-ink-2 transition-colors hover:text-ink max-md:h-14 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-2xs max-md:font-medium short:max-md:h-11 md:mb-2 md:h-8 md:gap-2.5 md:border md:border-line-strong md:px-2.5 md:text-sm md:hover:bg-hover"
  >
    <Icon of={Search} size={16} />
    <span className="md:flex-1 md:text-left">Find</span>
    <span className="flex gap-0.5 max-md:hidden">
      <Kbd>{COMMAND_KEY}</Kbd>
      <Kbd>K</Kbd>
    </span>
  </button>
);

/** Everything by its name, from everywhere. Not over a dialog: what was typed there would be left behind. */
export function Palette() {
  const open = useStore(opened);
  useEffect(() => whenIdle(preload), []);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!isCommand(event, 'k')) return;
      event.preventDefault();
      if (opened.get() || !document.querySelector('[role="dialog"], [role="alertdialog"]')) opened.set(!opened.get());
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
      // Whoever signs in next finds nothing open.
      opened.set(false);
    };
  }, []);
  return (
    open && (
      <Suspense fallback={null}>
        <List onClose={() => opened.set(false)} />
      </Suspense>
    )
  );
}
