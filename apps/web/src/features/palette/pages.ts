import { mayImport } from '@countersign/domain/timecards/timecard.rules';
import {
  Bell,
  FileUp,
  KeyRound,
  KeySquare,
  ListChecks,
  LockKeyhole,
  Plus,
  Send,
  ShieldCheck,
  SlidersHorizontal,
  UserPen,
  Users,
} from 'lucide-react';
import { MENU } from '../../layouts/menu.ts';

type Role = Parameters<typeof mayImport>[0];

const isAdmin = (role: Role) => role === 'admin';

/** Pages that other pages lead to, and who has them. */
const FURTHER = [
  { to: '/me', label: 'My records', icon: UserPen, may: () => true },
  { to: '/notifications', label: 'Notifications', icon: Bell, may: () => true },
  { to: '/timecards/new', label: 'New timecard', icon: Plus, may: () => true },
  { to: '/timecards/import', label: 'Import hours', icon: FileUp, may: mayImport },
  { to: '/notifications/preferences', label: 'Notification preferences', icon: SlidersHorizontal, may: () => true },
  { to: '/settings/security', label: 'Signing in', icon: LockKeyhole, may: () => true },
  { to: '/settings/tokens', label: 'Tokens for programs', icon: KeySquare, may: () => true },
  { to: '/outbox', label: 'Outbox', icon: Send, may: isAdmin },
  { to: '/admin/users', label: 'Users', icon: Users, may: isAdmin },
  { to: '/admin/health', label: 'Health of the log', icon: ShieldCheck, may: isAdmin },
  { to: '/admin/rights', label: 'Who may see and do what', icon: KeyRound, may: isAdmin },
  { to: '/settings/reasons', label: 'Reasons to pick from', icon: ListChecks, may: isAdmin },
] as const;

/** Every page that somebody of this role can open by its name alone. */
export const pagesFor = (role: string) => [...MENU, ...FURTHER.filter(({ may }) => may(role as Role))];
