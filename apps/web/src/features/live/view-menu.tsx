import { SlidersHorizontal } from 'lucide-react';
import { lazy, useEffect } from 'react';
import { buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PanelButton } from '../../ui/panel-button.tsx';
import { whenIdle } from '../../ui/when-idle.ts';

const load = () => import('./view-choices.tsx');
const Choices = lazy(load);

/** How the list is shown: kept for this browser, and no part of the address, since it changes nothing of what is seen. */
export function ViewMenu({ className }: { readonly className?: string }) {
  // What can't be fetched now is fetched when it is wanted.
  useEffect(() => whenIdle(() => void load().catch(() => undefined)), []);
  return (
    <span className={`shrink-0 ${className ?? ''}`}>
      <PanelButton
        label="View"
        align="end"
        className={buttonClass('plain', 'max-md:px-2.5')}
        face={
          <>
            <Icon of={SlidersHorizontal} />
            <span className="max-md:sr-only">View</span>
          </>
        }
      >
        {() => <Choices />}
      </PanelButton>
    </span>
  );
}
