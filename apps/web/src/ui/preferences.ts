import { createPreference } from './store.ts';
import { isZoneChoice, type ZoneChoice } from './zone.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const themePreference = createPreference<Theme>('countersign.theme', {
  initial: 'system',
  isValid: (text) => THEMES.some((theme) => theme === text),
});
export const zonePreference = createPreference<ZoneChoice>('countersign.zone', { initial: 'site', isValid: isZoneChoice });
/** WCAG 2.1.4: shortcuts of a single key can be turned off, since speech input types them by accident. */
export const shortcutsPreference = createPreference<'on' | 'off'>('countersign.shortcuts', {
  initial: 'on',
  isValid: (text) => text === 'on' || text === 'off',
});

/** Puts the chosen theme on the page, and follows the choice. */
export function applyTheme(): void {
  const apply = () => {
    const theme = themePreference.get();
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  apply();
  themePreference.subscribe(apply);
}
