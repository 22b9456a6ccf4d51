import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { Icon } from './icon.tsx';

interface Props {
  readonly title: string;
  readonly description?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons: stay at the bottom however long the rest is. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  /** Its first field, unless it is another one. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** Whether a click beside it closes it too: never where something typed would be lost. */
  readonly easyToLeave?: boolean;
}

/** A dialog in the middle of the page, or from the bottom edge where the page is narrow. */
export function ModalDialog({ title, description, onClose, children, footer, wide = false, initialFocus, easyToLeave = true }: Props) {
  const [typed, setTyped] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const first = () => body.current?.querySelector<HTMLElement>('input, select, textarea') ?? true;
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()} disablePointerDismissal={typed || !easyToLeave}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-(--shade) transition-opacity duration-200 data-starting-style:opacity-0" />
        <Dialog.Popup
          initialFocus={initialFocus ?? first}
          className={`fixed left-1/2 top-[8dvh] z-40 flex max-h-[84dvh] w-[min(calc(100vw-2rem),var(--width))] -translate-x-1/2 flex-col rounded-xl border border-line bg-sheet shadow-lift outline-none transition-[opacity,translate] duration-200 ease-calm data-starting-style:translate-y-2 data-starting-style:opacity-0 max-sm:inset-x-0 max-sm:bottom-0 max-sm:left-0 max-sm:top-auto max-sm:max-h-[92dvh] max-sm:w-full max-sm:translate-x-0 max-sm:rounded-b-none ${wide ? '[--width:46rem]' : '[--width:34rem]'}`}
        >
          <header className="flex items-start gap-3 px-5 pb-3 pt-4">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-lg">{title}</Dialog.Title>
              {description && <Dialog.Description className="mt-0.5 text-sm text-ink-2">{description}</Dialog.Description>}
            </div>
            <Dialog.Close
              aria-label="Close"
              className="-mr-1.5 grid size-8 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover pointer-coarse:size-11"
            >
              <Icon of={X} size={17} />
            </Dialog.Close>
          </header>
          <div ref={body} onChange={() => setTyped(true)} className="min-h-0 flex-1 overflow-y-auto px-5 pb-5 pt-1">
            {children}
          </div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
