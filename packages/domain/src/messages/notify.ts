import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { currentContext } from '@countersign/audit/context';
import { now } from '../clock.ts';
import { fullName, User } from '../people/user.ts';
import { mailOf, oneLine, pushOf, smsOf, type Letter, type Told } from './letter.rules.ts';
import type { Channel } from './message.views.ts';
import { Message } from './message.ts';
import type { NoticeKind } from './notice-kind.ts';
import { Notification, type Detail } from './notification.ts';
import { type Wishes, wishesOf } from './preferences.ts';
import { PushSubscription } from './push-subscription.ts';
import { endOfQuiet } from './quiet-hours.rules.ts';

/** What somebody is to be told. */
export interface Notice {
  /** Whom, by id. */
  readonly person: string;
  /**
   * What it is told as; and what it is besides, such as a rejection that changed hours. It is kept back only from
   * somebody who has turned all of them off.
   */
  readonly kinds: readonly [NoticeKind, ...NoticeKind[]];
  /** A sentence without its full stop and without the name of who did it. */
  readonly title: string;
  readonly details?: readonly Detail[];
  readonly root?: { readonly type: string; readonly id: string };
  /** Where it leads, on this server. */
  readonly path?: string;
  readonly topic?: string;
}

/**
 * Tells people something: in the app, and by the messages that go out for it. Nothing is written before the caller
 * flushes, so that what is told and what it tells of are saved together or not at all.
 */
export async function notify(em: EntityManager, notices: readonly Notice[]): Promise<void> {
  const ids = [...new Set(notices.map(({ person }) => person))];
  if (!ids.length) return;
  const people = await em.find(User, { id: { $in: ids }, disabledAt: null });
  const wishes = await wishesOf(em, ids);
  // Held: messages refer to them, and whoever takes one off comes before or after.
  const browsers = await em.find(PushSubscription, { person: { $in: ids } }, { lockMode: LockMode.PESSIMISTIC_READ });
  const by = await actorName(em);
  for (const notice of notices) {
    const person = people.find(({ id }) => id === notice.person);
    const wish = wishes.get(notice.person);
    if (!person || !wish || isTurnedOff(notice, wish)) continue;
    tell(em, notice, { person, wish, by, browsers: browsers.filter((browser) => browser.person.id === person.id) });
  }
}

const isTurnedOff = ({ kinds }: Notice, { turnedOff }: Wishes) =>
  kinds.every(({ name, canBeTurnedOff }) => canBeTurnedOff && turnedOff.includes(name));

/** The name of who acts; null for a job, and for nobody. */
async function actorName(em: EntityManager): Promise<string | null> {
  const { actor } = currentContext();
  if (actor?.kind !== 'user' || actor.id === null) return null;
  const user = await em.findOne(User, { id: actor.id });
  return user && fullName(user);
}

interface Recipient {
  readonly person: User;
  readonly wish: Wishes;
  readonly browsers: readonly PushSubscription[];
  readonly by: string | null;
}

function tell(em: EntityManager, notice: Notice, { person, wish, browsers, by }: Recipient): void {
  const { actor, changeId } = currentContext();
  const title = oneLine(notice.title);
  const details = notice.details ?? [];
  const notification = em.create(Notification, {
    person,
    kind: notice.kinds[0].name,
    rootType: notice.root?.type,
    rootId: notice.root?.id,
    changeId,
    actorKind: actor?.kind ?? 'anonymous',
    actorId: actor?.id,
    title,
    details,
    path: notice.path,
    topic: notice.topic,
  });
  const urgent = notice.kinds.some((kind) => kind.urgent);
  const told: Told = { title, details, by };
  const send = (channel: Channel, letter: Letter, to: { readonly address?: string; readonly subscription?: PushSubscription }) =>
    em.create(Message, {
      person,
      notification,
      channel,
      ...to,
      ...letter,
      path: notice.path,
      urgent,
      notBefore: sendableAt(person, wish, urgent),
    });
  send('mail', mailOf(told, person.firstName), { address: person.email });
  for (const subscription of browsers) send('push', pushOf(told), { subscription });
  if (urgent && wish.sms && person.phoneNumber) send('sms', smsOf(told), { address: person.phoneNumber });
}

/** */
function sendableAt({ timeZone }: User, { quiet, quietFrom, quietUntil }: Wishes, urgent: boolean): Date {
  const at = now();
  if (urgent || !quiet) return at;
  return endOfQuiet(at, { from: quietFrom, until: quietUntil }, timeZone) ?? at;
}
