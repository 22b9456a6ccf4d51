import type { EntityManager } from '@mikro-orm/postgresql';
import { noticeKind, type NoticeKind } from '../messages/notice-kind.ts';
import { notify } from '../messages/notify.ts';
import { User } from './user.ts';

/** Never turned off: TC-13's choice is about one's own timecards, and a loosened right must not go unseen because somebody wanted quiet. */
const rightsChanged = noticeKind({
  name: 'rights_changed',
  label: 'Changes of what people may see and do',
  about: 'Another admin changes a setting of who may see or do what.',
  canBeTurnedOff: false,
  urgent: true,
  roles: ['admin'],
});

export const RIGHTS_NOTICES: readonly NoticeKind[] = [rightsChanged];

/** What was changed, in words. */
interface Changed {
  readonly by: string;
  readonly label: string;
  readonly value: string;
  readonly reason: string;
}

/** Tells every other admin; together with the change, or not at all. */
export async function tellAdmins(em: EntityManager, { by, label, value, reason }: Changed): Promise<void> {
  const admins = await em.find(User, { role: 'admin', disabledAt: null, id: { $ne: by } }, { fields: ['id'] });
  const notice = {
    kinds: [rightsChanged] as const,
    title: `Who may see what was changed: ${label}`,
    details: [
      { label: 'Now', text: value },
      { label: 'Reason', text: reason },
    ],
    path: '/admin/rights',
  };
  await notify(
    em,
    admins.map(({ id }) => ({ ...notice, person: id })),
  );
}
