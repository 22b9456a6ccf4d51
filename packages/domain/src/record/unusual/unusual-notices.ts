import type { EntityManager } from '@mikro-orm/postgresql';
import { noticeKind, type NoticeKind } from '../../messages/notice-kind.ts';
import { type Notice, notify } from '../../messages/notify.ts';
import { User } from '../../people/user.ts';
import type { Raised } from './raise.ts';
import { headlineOf } from './sentences.rules.ts';
import { KIND_LABELS } from './unusual-access.ts';
import type { UnusualKind } from './unusual.rules.ts';

/** Neither can be turned off: whoever took an admin's account over would turn it off first. */
const muchRead = noticeKind({
  name: 'unusual_amount_read',
  label: 'Much that is read or exported',
  about: 'Somebody reads many more records, or those of many more people, than usual within an hour, or takes a large export away.',
  canBeTurnedOff: false,
  urgent: true,
  roles: ['admin', 'manager'],
});

/** Somebody who works late is no reason to wake others. */
const readElsewhere = noticeKind({
  name: 'unusual_time_or_area',
  label: 'Reading at unusual hours, or in another area',
  about: 'Somebody reads records at hours at which they usually don’t, or of a site of which they read nothing for weeks.',
  canBeTurnedOff: false,
  urgent: false,
  roles: ['admin', 'manager'],
});

export const UNUSUAL_NOTICES: readonly NoticeKind[] = [muchRead, readElsewhere];

const KIND_OF: Readonly<Record<UnusualKind, NoticeKind>> = {
  many_records: muchRead,
  many_rows: muchRead,
  many_people: muchRead,
  large_export: muchRead,
  odd_hours: readElsewhere,
  other_area: readElsewhere,
};

/** Tells the admins, but nobody of their own reading; where there is no other admin, the managers, who see the whole log as well. */
export async function tellUnusual(tx: EntityManager, raised: readonly Raised[]): Promise<void> {
  const watchers = await tx.find(User, { role: { $in: ['admin', 'manager'] }, disabledAt: null }, { fields: ['id', 'role'] });
  const notices = raised.flatMap((one) => {
    const others = watchers.filter(({ id }) => id !== one.access.reader);
    const admins = others.filter(({ role }) => role === 'admin');
    return (admins.length ? admins : others).map(({ id }) => noticeOf(one, id));
  });
  await notify(tx, notices);
}

function noticeOf({ access, grew }: Raised, person: string): Notice {
  const label = KIND_LABELS[access.kind].toLowerCase();
  return {
    person,
    kinds: [KIND_OF[access.kind]],
    title: grew ? `Unusual access goes on: ${label}` : `Unusual access: ${label}`,
    details: [{ label: 'What is known', text: headlineOf({ ...access, usual: access.usual ?? null }, new Map()) }],
    path: `/admin/unusual-access?alert=${access.id}`,
    root: { type: 'UnusualAccess', id: access.id },
  };
}
