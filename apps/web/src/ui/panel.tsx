import { Dialog } from '@base-ui/react/dialog';
import { Popover } from '@base-ui/react/popover';
import type { ReactNode, RefObject } from 'react';
import { NARROW, useMedia } from './use-media.ts';

export interface PanelProps {
  /** The button that opened it: it is placed there, and the focus goes back there. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly onClose: () => void;
  readonly align?: 'start' | 'end';
  readonly side?: 'top' | 'bottom';
  readonly children: ReactNode;
}

/** Something to choose from: beside its button, or on small screens from the bottom edge. */
export default function Panel(props: PanelProps) {
  return useMedia(NARROW) ? <Sheet {...props} /> : <Beside {...props} />;
}

function Beside({ anchor, label, onClose, align = 'start', side = 'bottom', children }: PanelProps) {
  return (
    <Popover.Root open onOpenChange={(open) => open || onClose()}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side={side} align={align} sideOffset={6} collisionPadding={10} className="z-40">
          <Popover.Popup
            aria-label={label}
            finalFocus={anchor}
            className="max-h-[min(28rem,var(--available-height))] w-72 overflow-y-auto overscroll-contain rounded-lg border border-line bg-sheet shadow-lift outline-none"
          >
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Sheet({ anchor, label, onClose, children }: PanelProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-(--shade) transition-opacity duration-200 data-starting-style:opacity-0" />
        <Dialog.Popup
          aria-label={label}
          finalFocus={anchor}
          className="fixed inset-x-0 bottom-0 z-40 max-h-[80dvh] overflow-y-auto overscroll-contain rounded-t-2xl border-t border-line bg-sheet pb-[env(safe-area-inset-bottom)] shadow-lift outline-none transition-transform duration-200 ease-calm data-starting-style:translate-y-8"
        >
          <div aria-hidden className="mx-auto mt-2 h-1 w-9 rounded-full bg-line-strong" />
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
