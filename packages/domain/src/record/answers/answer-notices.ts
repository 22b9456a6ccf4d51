import type { EntityManager } from '@mikro-orm/postgresql';
import type { Event } from '@countersign/audit/entry';
import { noticeKind, type NoticeKind } from '../../messages/notice-kind.ts';
import { notify } from '../../messages/notify.ts';
import { Responsibility } from '../../people/responsibility.ts';
import { siteIn } from '../../people/site.ts';
import { User } from '../../people/user.ts';

const changeContested = noticeKind({
  name: 'change_contested',
  label: 'Contested changes',
  about: 'Somebody says that a change which you made to their records, or that you are responsible for, is wrong.',
  canBeTurnedOff: false,
  urgent: false,
});

export const ANSWER_NOTICES: readonly NoticeKind[] = [changeContested];

interface Contested {
  /** Who says so. */
  readonly person: string;
  /** What was done, the newest first; at least one. */
  readonly events: readonly Event[];
  readonly reason: string;
}

/** Tells who made the change, and who is responsible for the person or the site; where there is nobody, the administrators. */
export async function tellContested(em: EntityManager, { person, events, reason }: Contested): Promise<void> {
  const [newest] = events;
  const root = newest?.root;
  if (!newest || !root) return;
  const notice = {
    kinds: [changeContested] as const,
    title: `A change was contested: ${root.label ?? root.type}`,
    details: [{ label: 'Reason', text: reason }],
    root: { type: root.type, id: root.id },
    path: root.type === 'Timecard' ? `/timecards/${root.id}?change=${newest.changeId}` : `/live/e/${newest.position}`,
  };
  const authors = events.flatMap(({ actor }) => (actor.kind === 'user' && actor.id !== null ? [actor.id] : []));
  const told = new Set([...authors, ...(await responsibleFor(em, person, events))].filter((id) => id !== person));
  const people = told.size ? [...told] : await admins(em, person);
  await notify(
    em,
    people.map((id) => ({ ...notice, person: id })),
  );
}

/** Only who has the role still is responsible. */
const ROLE_OF = { supervises: 'supervisor', coordinates: 'coordinator' } as const;

async function responsibleFor(em: EntityManager, person: string, events: readonly Event[]): Promise<string[]> {
  const sites = [...new Set(events.flatMap(({ scopes }) => scopes.flatMap((scope) => siteIn(scope) ?? [])))];
  const held = await em.find(Responsibility, { $or: [{ person }, { site: { $in: sites } }] }, { populate: ['holder'] });
  return held.flatMap(({ kind, holder }) => (holder.role === ROLE_OF[kind] && !holder.disabledAt ? [holder.id] : []));
}

async function admins(em: EntityManager, but: string): Promise<string[]> {
  const found = await em.find(User, { role: 'admin', disabledAt: null, id: { $ne: but } }, { fields: ['id'] });
  return found.map(({ id }) => id);
}
