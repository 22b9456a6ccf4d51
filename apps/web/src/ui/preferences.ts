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
  isValid: isOnOrOff,
});

function isOnOrOff(text: string): boolean {
  return text === 'on' || text === 'off';
}

/** How closely the rows of the feed stand. */
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

export const densityPreference = createPreference<Density>('countersign.density', {
  initial: 'comfortable',
  isValid: (text) => DENSITIES.some((density) => density === text),
});
/** Whether runs of changes by one person to one record fold behind the newest of them. */
export const foldingPreference = createPreference<'on' | 'off'>('countersign.folding', { initial: 'on', isValid: isOnOrOff });

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
