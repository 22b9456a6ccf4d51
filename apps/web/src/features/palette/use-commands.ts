import { useNavigate } from '@tanstack/react-router';
import { Clock, Globe, Keyboard, LogOut, Monitor, MonitorOff, Moon, Rows2, Rows4, FoldVertical, Sun, UnfoldVertical } from 'lucide-react';
import { openShortcutSheet } from '../../layouts/shortcut-sheet.tsx';
import { signOut } from '../../api/session.ts';
import { useSignOut } from '../../layouts/use-sign-out.ts';
import { useZoneChoice } from '../../layouts/use-zone-choice.ts';
import { densityPreference, foldingPreference, themePreference } from '../../ui/preferences.ts';
import { useStore } from '../../ui/store.ts';
import { useZones } from '../../ui/zone-context.tsx';
import type { Entry } from './entry.ts';

const CHOSEN = 'as it is now';

/** What can be done from everywhere; what is so already says it, and changes nothing. */
export function useCommands(): Entry[] {
  const theme = useStore(themePreference);
  const density = useStore(densityPreference);
  const folding = useStore(foldingPreference);
  const { choice, mine } = useZones();
  const chooseZone = useZoneChoice();
  const leave = useSignOut(signOut);
  const navigate = useNavigate();
  const one = (id: string, about: Omit<Entry, 'id' | 'hint'>, chosen = false): Entry => ({
    id: `command:${id}`,
    ...about,
    hint: chosen ? CHOSEN : undefined,
  });
  return [
    one(
      'theme-light',
      { label: 'Light appearance', words: 'theme', icon: Sun, run: () => themePreference.set('light') },
      theme === 'light',
    ),
    one('theme-dark', { label: 'Dark appearance', words: 'theme', icon: Moon, run: () => themePreference.set('dark') }, theme === 'dark'),
    one(
      'theme-system',
      { label: 'Appearance of the system', words: 'theme', icon: Monitor, run: () => themePreference.set('system') },
      theme === 'system',
    ),
    one('zone-site', { label: 'Times of the site', words: 'time zone', icon: Clock, run: () => chooseZone('site') }, choice === 'site'),
    one('zone-mine', { label: 'Times in my zone', words: `time ${mine}`, icon: Clock, run: () => chooseZone('mine') }, choice === 'mine'),
    one('zone-utc', { label: 'Times in UTC', words: 'time zone', icon: Globe, run: () => chooseZone('utc') }, choice === 'utc'),
    one(
      'rows-comfortable',
      { label: 'Comfortable rows', words: 'view density', icon: Rows2, run: () => densityPreference.set('comfortable') },
      density === 'comfortable',
    ),
    one(
      'rows-compact',
      { label: 'Compact rows', words: 'view density', icon: Rows4, run: () => densityPreference.set('compact') },
      density === 'compact',
    ),
    folding === 'on'
      ? one('folding', {
          label: 'Unfold runs of changes',
          words: 'view fold off',
          icon: UnfoldVertical,
          run: () => foldingPreference.set('off'),
        })
      : one('folding', { label: 'Fold runs of changes', words: 'view on', icon: FoldVertical, run: () => foldingPreference.set('on') }),
    one('shortcuts', { label: 'Keyboard shortcuts', words: 'keys help', icon: Keyboard, run: openShortcutSheet }),
    one('sign-out', { label: 'Sign out', words: 'leave log out', icon: LogOut, run: leave }),
    one('sign-out-everywhere', {
      label: 'Sign out everywhere',
      words: 'leave log out other browsers devices',
      icon: MonitorOff,
      // Asked there: it ends work on other devices.
      run: () => void navigate({ to: '/settings/security' }),
    }),
  ];
}
