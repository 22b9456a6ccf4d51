import type { EntityManager } from '@mikro-orm/postgresql';
import { noticeKind, type NoticeKind } from '../messages/notice-kind.ts';
import type { Detail } from '../messages/notification.ts';
import { notify } from '../messages/notify.ts';
import { User } from './user.ts';

/** Never turned off: TC-13's choice is about one's own timecards, and a loosened right must not go unseen because somebody wanted quiet. */
const rightsChanged = noticeKind({
  name: 'rights_changed',
  label: 'Changes of what people may see and do',
  about: 'Another admin changes a setting of who may see or do what, or somebody’s role, or looks at the system as somebody else.',
  canBeTurnedOff: false,
  urgent: true,
  roles: ['admin'],
});

export const RIGHTS_NOTICES: readonly NoticeKind[] = [rightsChanged];

/** What was changed, in words; nobody's name, which would stand here longer than the person may. */
interface Changed {
  readonly by: string;
  readonly title: string;
  readonly details?: readonly Detail[];
  readonly reason: string | null;
  readonly path: string;
}

/** Tells every other admin; together with the change, or not at all. */
export async function tellAdmins(em: EntityManager, { by, title, details = [], reason, path }: Changed): Promise<void> {
  const admins = await em.find(User, { role: 'admin', disabledAt: null, id: { $ne: by } }, { fields: ['id'] });
  const notice = {
    kinds: [rightsChanged] as const,
    title,
    details: [...details, ...(reason === null ? [] : [{ label: 'Reason', text: reason }])],
    path,
  };
  await notify(
    em,
    admins.map(({ id }) => ({ ...notice, person: id })),
  );
}

/** The page on which admins look after a user. */
export const pageOf = ({ id }: Pick<User, 'id'>): string => `/admin/users/${id}`;
