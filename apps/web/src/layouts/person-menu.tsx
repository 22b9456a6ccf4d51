import { Link, type LinkProps } from '@tanstack/react-router';
import { BellRing, Keyboard, KeySquare, LockKeyhole, LogOut, type LucideIcon, Monitor, Moon, Sun } from 'lucide-react';
import { signOut, type SignedIn } from '../api/session.ts';
import { Icon } from '../ui/icon.tsx';
import { shortcutsPreference, type Theme, themePreference, THEMES } from '../ui/preferences.ts';
import { useStore } from '../ui/store.ts';
import { adminMenuOf, MY_RECORDS } from './menu.ts';
import { roleName } from './role-name.ts';
import { openShortcutSheet } from './shortcut-sheet.tsx';
import { useSignOut } from './use-sign-out.ts';

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;
const THEME_LABELS: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

/** What one can do from everywhere: how this page looks, what one is told, and leaving. */
export default function PersonMenu({ user, onClose }: { readonly user: SignedIn; readonly onClose: () => void }) {
  const leave = useSignOut(signOut);
  return (
    <div className="divide-y divide-line text-sm">
      <div className="px-4 py-3">
        <p className="font-semibold">{user.name}</p>
        <p className="text-ink-2">{user.email}</p>
        <p className="mt-1 text-xs text-ink-3">
          {roleName(user.role)} · {user.time_zone}
        </p>
      </div>
      <div className="p-3">
        <ThemeSwitch />
        <ShortcutsSwitch />
      </div>
      <div className="p-1.5">
        <NarrowLink {...MY_RECORDS} onClick={onClose} />
        <Link to="/notifications/preferences" onClick={onClose} className={MENU_ITEM}>
          <Icon of={BellRing} className="text-ink-3" /> Notification preferences
        </Link>
        <Link to="/settings/security" onClick={onClose} className={MENU_ITEM}>
          <Icon of={LockKeyhole} className="text-ink-3" /> Signing in
        </Link>
        <Link to="/settings/tokens" onClick={onClose} className={MENU_ITEM}>
          <Icon of={KeySquare} className="text-ink-3" /> Tokens for programs
        </Link>
        {adminMenuOf(user.role).map(({ to, label, icon }) => (
          <NarrowLink key={to} {...{ to, label, icon }} onClick={onClose} />
        ))}
        <MenuButton icon={Keyboard} onClick={() => (onClose(), openShortcutSheet())}>
          Keyboard shortcuts
        </MenuButton>
        <MenuButton icon={LogOut} onClick={leave}>
          Sign out
        </MenuButton>
      </div>
    </div>
  );
}

const MENU_ITEM = 'flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-left hover:bg-hover pointer-coarse:h-11';

interface NarrowLinkProps {
  readonly to: LinkProps['to'];
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onClick: () => void;
}

/** Where there is room it stands in the menu of the pages. */
const NarrowLink = ({ to, label, icon, onClick }: NarrowLinkProps) => (
  <Link to={to} onClick={onClick} className={`${MENU_ITEM} md:hidden`}>
    <Icon of={icon} className="text-ink-3" /> {label}
  </Link>
);

interface MenuButtonProps {
  readonly icon: LucideIcon;
  readonly onClick: () => void;
  readonly children: string;
}

const MenuButton = ({ icon, onClick, children }: MenuButtonProps) => (
  <button type="button" onClick={onClick} className={MENU_ITEM}>
    <Icon of={icon} className="text-ink-3" /> {children}
  </button>
);

function ThemeSwitch() {
  const chosen = useStore(themePreference);
  return (
    <fieldset className="grid grid-cols-3 gap-1">
      <legend className="mb-1.5 text-xs font-medium text-ink-3">Appearance</legend>
      {THEMES.map((theme) => (
        <label
          key={theme}
          className="relative flex h-8 items-center justify-center gap-1.5 rounded-md border border-line text-xs text-ink-2 has-checked:border-transparent has-checked:bg-accent-soft has-checked:font-semibold has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent pointer-coarse:h-11"
        >
          <input
            type="radio"
            name="theme"
            checked={chosen === theme}
            onChange={() => themePreference.set(theme)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          <Icon of={ICONS[theme]} size={14} /> {THEME_LABELS[theme]}
        </label>
      ))}
    </fieldset>
  );
}

function ShortcutsSwitch() {
  const chosen = useStore(shortcutsPreference);
  return (
    <label className="mt-3 flex items-center gap-2.5 text-sm pointer-coarse:min-h-11">
      <input
        type="checkbox"
        checked={chosen === 'on'}
        onChange={({ target }) => shortcutsPreference.set(target.checked ? 'on' : 'off')}
        className="size-4 accent-(--accent)"
      />
      Shortcuts of a single key
    </label>
  );
}
