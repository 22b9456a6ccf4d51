import { useNavigate, useSearch } from '@tanstack/react-router';
import { zonePreference } from '../ui/preferences.ts';
import type { ZoneChoice } from '../ui/zone.ts';

/** Chooses whose time is shown; an address that says another one says this one from then on. */
export function useZoneChoice(): (next: ZoneChoice) => void {
  const { tz } = useSearch({ from: '/_app' });
  const navigate = useNavigate();
  return (next) => {
    zonePreference.set(next);
    if (tz !== undefined) void navigate({ to: '.', search: (before: object) => ({ ...before, tz: next }), replace: true });
  };
}
