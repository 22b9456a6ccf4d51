import { Clock3, Eye, KeyRound, ListChecks, Radio, Send, ShieldCheck, UserPen, Users } from 'lucide-react';

/** The pages of the menu; notifications stand there too, with their own count. */
export const MENU = [
  { to: '/live', label: 'Live', icon: Radio },
  { to: '/timecards', label: 'Timecards', icon: Clock3 },
] as const;

/** What concerns only whoever reads. In a narrow window it stands in their own menu, as do an admin's pages. */
export const MY_RECORDS = { to: '/me', label: 'My records', icon: UserPen } as const;

/** AUD-30: managers look as well, since of the only admin somebody else has to. */
const UNUSUAL = { to: '/admin/unusual-access', label: 'Unusual access', short: 'Unusual access', icon: Eye } as const;

/** For admins; `short` where there is little room. */
const ADMIN_MENU = [
  { to: '/admin/users', label: 'Users', short: 'Users', icon: Users },
  { to: '/admin/rights', label: 'Who may see and do what', short: 'Rights', icon: KeyRound },
  UNUSUAL,
  { to: '/settings/reasons', label: 'Reasons to pick from', short: 'Reasons', icon: ListChecks },
  { to: '/outbox', label: 'Outbox', short: 'Outbox', icon: Send },
  { to: '/admin/health', label: 'Health of the log', short: 'Health of the log', icon: ShieldCheck },
] as const;

const MANAGER_MENU = [UNUSUAL] as const;
const NOTHING = [] as const;

/** What somebody of this role looks after besides their work. */
export const adminMenuOf = (role: string): typeof ADMIN_MENU | typeof MANAGER_MENU | typeof NOTHING =>
  role === 'admin' ? ADMIN_MENU : role === 'manager' ? MANAGER_MENU : NOTHING;
