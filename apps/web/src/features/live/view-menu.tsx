import { SlidersHorizontal } from 'lucide-react';
import { lazy, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { LazyPanel, preloadPanel } from '../../ui/lazy-panel.tsx';
import { whenIdle } from '../../ui/when-idle.ts';

const load = () => import('./view-choices.tsx');
const Choices = lazy(load);

/** How the list is shown: kept for this browser, and no part of the address, since it changes nothing of what is seen. */
export function ViewMenu({ className }: { readonly className?: string }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // What can't be fetched now is fetched when it is wanted.
  useEffect(() => whenIdle(() => void load().catch(() => undefined)), []);
  return (
    <span className={`shrink-0 ${className ?? ''}`}>
      <Button
        ref={button}
        icon={SlidersHorizontal}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={preloadPanel}
        onFocus={preloadPanel}
        onClick={() => setOpen(!open)}
        className="max-md:px-2.5"
      >
        <span className="max-md:sr-only">View</span>
      </Button>
      {open && (
        <LazyPanel anchor={button} label="View" align="end" onClose={() => setOpen(false)}>
          <Choices />
        </LazyPanel>
      )}
    </span>
  );
}
