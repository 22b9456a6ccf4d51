import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet, user as actorOf, withContext } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { mailLink } from '../../messages/link-mail.ts';
import { refuseWeak } from '../account.ts';
import { ApiToken } from '../token/api-token.ts';
import { tellOfPassword } from './change-password.ts';
import { Credential } from '../credential.ts';
import { holdAccount } from '../hold-account.ts';
import { forgetDevices } from '../session/known-device.ts';
import { mailAddress } from '../mail-address.rules.ts';
import { endLinks, openedBy, OneTimeLink } from '../one-time-link.ts';
import { passwordReset, passwordResetAsked } from './password-actions.ts';
import { hashPassword } from './password.ts';
import { endSessions } from '../session/sign-in.ts';
import { User } from '../user.ts';

/** How long the link of such a mail opens something. Milliseconds. */
const LIFETIME = 30 * 60_000;

/** The page that it opens. */
const PAGE = '/reset-password';

/**
 * Puts a mail into the outbox whose link lets somebody choose another password; earlier links of theirs open nothing any more. Nothing
 * happens where nobody has this address, was disabled, or never had a password: the caller isn't told which.
 */
export function askForReset(em: EntityManager, email: string): Promise<void> {
  return changeSet('password.forgot', () =>
    em.fork().transactional(async (tx) => {
      const credential = await tx.findOne(Credential, { user: { email: mailAddress(email), disabledAt: null } }, { populate: ['user'] });
      if (!credential) return;
      const user = await holdAccount(tx, credential.user.id);
      // It was moved, or the account disabled, meanwhile.
      if (user.email !== mailAddress(email) || user.disabledAt) return;
      await endLinks(tx, user.id, 'password_reset');
      const link = tx.create(OneTimeLink, { user, purpose: 'password_reset', path: PAGE, expiresAt: new Date(now().getTime() + LIFETIME) });
      const details = [
        { label: 'The link', text: 'works once, within half an hour. You choose another password there.' },
        { label: 'If you didn’t ask for it', text: 'do nothing: your password stays as it is.' },
      ];
      mailLink(tx, { person: user, link, told: { title: 'Choose another password', details, by: null } });
      await tx.flush();
      await record(tx, passwordResetAsked, { about: user, metadata: {} });
    }),
  );
}

/**
 * Gives whoever has the link the password that they chose. All their sessions, tokens and links end, and no browser is known any more:
 * whoever was in is out. It is done by them: nobody else has their mail.
 * @throws Refusal NOT_FOUND where the link opens nothing any more, VALIDATION_ERROR for a password that is too weak.
 */
export async function resetPassword(
  em: EntityManager,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<void> {
  const whose = await opened(em.fork(), token);
  refuseWeak(password, whose);
  const passwordHash = await hashPassword(password);
  await changeSet('password.reset', () =>
    withContext({ actor: actorOf(whose.id) }, () =>
      em.fork().transactional(async (tx) => {
        await holdAccount(tx, whose.id);
        // Again, and held: two at once use it once.
        const user = await opened(tx, token);
        const credential = await tx.findOneOrFail(Credential, { user: user.id });
        Object.assign(credential, { passwordHash, passwordSetAt: now() });
        await endLinks(tx, user.id, 'password_reset');
        // They are told in their browsers too, before those are taken off.
        await tellOfPassword(tx, user.id, 'Your password was reset');
        const sessions = await endSessions(tx, user.id);
        await forgetDevices(tx, user.id);
        const tokens = await tx.find(ApiToken, { user: user.id });
        for (const one of tokens) tx.remove(one);
        await tx.flush();
        await record(tx, passwordReset, { about: user, metadata: { sessions, tokens: tokens.length } });
      }),
    ),
  );
}

async function opened(em: EntityManager, token: string): Promise<User> {
  const link = await openedBy(em, token, 'password_reset');
  const user = link && (await em.findOne(User, { id: link.user.id, disabledAt: null }));
  if (user) return user;
  throw new Refusal(
    'NOT_FOUND',
    'This link is over',
    'It works once, for half an hour, and a later one takes its place. Ask for another one where you sign in.',
  );
}
