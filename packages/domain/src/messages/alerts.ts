import type { EntityManager } from '@mikro-orm/postgresql';
import { job, withContext } from '@countersign/audit/context';
import { now } from '../clock.ts';
import { User } from '../people/user.ts';
import { noticeKind, type NoticeKind } from './notice-kind.ts';
import { Notification } from './notification.ts';
import { notify } from './notify.ts';

const systemAlert = noticeKind({
  name: 'system_alert',
  label: 'Alerts about this system',
  about: 'Something is wrong that an administrator has to look at, such as a log that can’t be written.',
  canBeTurnedOff: true,
  urgent: true,
  roles: ['admin'],
});

export const ALERT_NOTICES: readonly NoticeKind[] = [systemAlert];

/** Something that administrators have to know. */
export interface Alert {
  /** What the alert is about, such as `sequencer`: the same topic is told once an hour at most. */
  readonly topic: string;
  readonly title: string;
  /** What to do, and what is known; nobody's personal data. */
  readonly text?: string;
  readonly path?: string;
}

/** Milliseconds in which a topic is told once. What goes on being wrong must not bury what else is. */
const ONCE_IN = 3_600_000;

/** Tells every administrator, whatever the hour. Returns whether it was told now, or has been within the hour. */
export function alertAdmins(em: EntityManager, { topic, title, text, path }: Alert): Promise<boolean> {
  return withContext({ actor: job('alerts'), changeId: null, reason: null }, () =>
    em.fork().transactional(async (tx) => {
      // Two nodes notice the same thing at the same moment.
      await tx.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`alert:${topic}`]);
      const since = new Date(now().getTime() - ONCE_IN);
      if (await tx.count(Notification, { topic, createdAt: { $gt: since } })) return false;
      const admins = await tx.find(User, { role: 'admin', disabledAt: null }, { fields: ['id'] });
      const details = text === undefined ? [] : [{ label: 'What is known', text }];
      const notice = { kinds: [systemAlert] as const, title, details, topic, ...(path !== undefined && { path }) };
      await notify(
        tx,
        admins.map(({ id }) => ({ ...notice, person: id })),
      );
      return true;
    }),
  );
}
