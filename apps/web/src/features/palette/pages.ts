import { mayImport } from '@countersign/domain/timecards/timecard.rules';
import { Bell, FileUp, KeySquare, LockKeyhole, Plus, SlidersHorizontal } from 'lucide-react';
import { adminMenuOf, MENU, MY_RECORDS } from '../../layouts/menu.ts';

type Role = Parameters<typeof mayImport>[0];

/** Pages that other pages lead to, and who has them. */
const FURTHER = [
  { ...MY_RECORDS, may: () => true },
  { to: '/notifications', label: 'Notifications', icon: Bell, may: () => true },
  { to: '/timecards/new', label: 'New timecard', icon: Plus, may: () => true },
  { to: '/timecards/import', label: 'Import hours', icon: FileUp, may: mayImport },
  { to: '/notifications/preferences', label: 'Notification preferences', icon: SlidersHorizontal, may: () => true },
  { to: '/settings/security', label: 'Signing in', icon: LockKeyhole, may: () => true },
  { to: '/settings/tokens', label: 'Tokens for programs', icon: KeySquare, may: () => true },
] as const;

/** Every page that somebody of this role can open by its name alone. */
export const pagesFor = (role: string) => [...MENU, ...FURTHER.filter(({ may }) => may(role as Role)), ...adminMenuOf(role)];
