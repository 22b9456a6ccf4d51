import { lazy } from 'react';
import type { SignedIn } from '../api/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { preloadPanel } from '../ui/lazy-panel.tsx';
import { PanelButton } from '../ui/panel-button.tsx';
import { roleName } from './role-name.ts';

const load = () => import('./person-menu.tsx');
const PersonMenu = lazy(load);

/** Fetches what the menu needs before it is opened. */
export const preloadMenu = (): void => {
  preloadPanel();
  void load();
};

export const UserMenu = ({ user }: { readonly user: SignedIn }) => (
  <PanelButton
    label="You and this page"
    side="top"
    preload={preloadMenu}
    className="flex items-center gap-2.5 rounded-md text-left transition-colors hover:bg-hover max-md:h-14 short:max-md:h-11 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-2xs max-md:font-medium max-md:text-ink-2 md:px-2 md:py-1.5"
    face={
      <>
        <Avatar id={user.id} name={user.name} />
        <span className="md:hidden">You</span>
        <span className="hidden min-w-0 flex-1 leading-tight md:block">
          <span className="block truncate text-sm font-medium">{user.name}</span>
          <span className="block truncate text-xs text-ink-3">{roleName(user.role)}</span>
        </span>
      </>
    }
  >
    {(close) => <PersonMenu user={user} onClose={close} />}
  </PanelButton>
);
