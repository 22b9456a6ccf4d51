import { type ReactNode, useRef, useState } from 'react';
import { LazyPanel, preloadPanel } from './lazy-panel.tsx';
import type { PanelProps } from './panel.tsx';

interface Props extends Pick<PanelProps, 'label' | 'side' | 'align'> {
  /** What stands on the button. */
  readonly face: ReactNode;
  readonly className: string;
  /** Fetches what stands in the panel, where that comes later than the page. */
  readonly preload?: () => void;
  /** What stands in the panel, which it may close. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button that opens a panel, and closes it again. Pointing at it or reaching it by keys fetches what the panel needs. */
export function PanelButton({ face, className, preload = preloadPanel, children, ...panel }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={preload}
        onFocus={preload}
        onClick={() => setOpen(!open)}
        className={className}
      >
        {face}
      </button>
      {open && (
        <LazyPanel {...panel} anchor={button} onClose={close}>
          {children(close)}
        </LazyPanel>
      )}
    </>
  );
}
