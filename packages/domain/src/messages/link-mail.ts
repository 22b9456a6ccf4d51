import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../clock.ts';
import type { OneTimeLink } from '../people/one-time-link.ts';
import type { User } from '../people/user.ts';
import { mailOf, type Told } from './letter.rules.ts';
import { Message } from './message.ts';

/**
 * Puts the mail that brings a link into the outbox: without the link's token, which is drawn when the mail is sent. No
 * preference keeps it back, and it doesn't wait for the end of quiet hours. Saved when the caller flushes.
 */
export function mailLink(em: EntityManager, { person, link, told }: { person: User; link: OneTimeLink; told: Told }): void {
  em.create(Message, {
    person,
    link,
    channel: 'mail',
    address: person.email,
    ...mailOf(told, person.firstName),
    path: link.path,
    urgent: true,
    notBefore: now(),
  });
}
