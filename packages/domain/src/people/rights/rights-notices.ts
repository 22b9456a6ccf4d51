import type { EntityManager } from '@mikro-orm/postgresql';
import { noticeKind, type NoticeKind } from '../../messages/notice-kind.ts';
import type { Detail } from '../../messages/notification.ts';
import { notify } from '../../messages/notify.ts';
import { User } from '../user.ts';

/** Never turned off: TC-13's choice is about one's own timecards, and a loosened right must not go unseen because somebody wanted quiet. */
const rightsChanged = noticeKind({
  name: 'rights_changed',
  label: 'Changes of what people may see and do',
  about:
    'Another admin changes a setting of who may see or do what, or somebody’s role, or looks at the system as somebody else. Of what counts as unusual access managers are told where there is no other admin.',
  canBeTurnedOff: false,
  urgent: true,
  roles: ['admin', 'manager'],
});

export const RIGHTS_NOTICES: readonly NoticeKind[] = [rightsChanged];

/** What was changed, in words; nobody's name, which would stand here longer than the person may. */
interface Changed {
  readonly by: string;
  readonly title: string;
  readonly details?: readonly Detail[];
  readonly reason: string | null;
  readonly path: string;
  /** Where there is no other admin, the managers: of what they watch an admin by. */
  readonly orManagers?: boolean;
}

/** Tells every other admin; together with the change, or not at all. */
export async function tellAdmins(em: EntityManager, { by, title, details = [], reason, path, orManagers }: Changed): Promise<void> {
  const others = { disabledAt: null, id: { $ne: by } };
  const admins = await em.find(User, { ...others, role: 'admin' }, { fields: ['id'] });
  const told = admins.length || !orManagers ? admins : await em.find(User, { ...others, role: 'manager' }, { fields: ['id'] });
  const notice = {
    kinds: [rightsChanged] as const,
    title,
    details: [...details, ...(reason === null ? [] : [{ label: 'Reason', text: reason }])],
    path,
  };
  await notify(
    em,
    told.map(({ id }) => ({ ...notice, person: id })),
  );
}

/** The page on which admins look after a user. */
export const pageOf = ({ id }: Pick<User, 'id'>): string => `/admin/users/${id}`;
