import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { notify } from '../../messages/notify.ts';
import { PushSubscription } from '../../messages/push-subscription.ts';
import { accountChanged } from '../account-notices.ts';
import { refuseWeak } from '../account.ts';
import { ApiToken } from '../token/api-token.ts';
import { type NewSession, renewSession } from '../session/begin-session.ts';
import { Credential } from '../credential.ts';
import { holdComer } from '../session/hold-comer.ts';
import { forgetDevices } from '../session/known-device.ts';
import { passwordChanged } from './password-actions.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { endPending } from '../second-factor/pending-sign-in.ts';
import { Session } from '../session/session.ts';
import { alive } from '../session/sign-in.ts';
import { User } from '../user.ts';

export interface ChangedPassword {
  readonly userId: string;
  /** The session in which it is changed, which goes on. */
  readonly session: string;
  /** Whether it goes on by another token: whoever is at a browser doesn't name it on purpose. */
  readonly renew: boolean;
  readonly current: string;
  readonly password: string;
}

/**
 * Gives somebody the password that they chose, where they know the present one. Whoever else knew the one before is rid of all that they could
 * make by it: the other sessions end, every token for programs and every browser's push too, and no browser is known any more. They are told.
 * @returns how many sessions and tokens ended, and the token by which this session goes on, where it is another.
 * @throws Refusal UNAUTHORIZED where the present one is wrong, VALIDATION_ERROR for one that is too weak, CONFLICT where the account is held for long.
 */
export function changePassword(
  em: EntityManager,
  { userId, session, renew, current, password }: ChangedPassword,
): Promise<{ readonly sessions: number; readonly tokens: number; readonly renewed: NewSession | null }> {
  return changeSet('password.change', async () => {
    const context = em.fork();
    const user = await context.findOneOrFail(User, { id: userId });
    const known = await context.findOne(Credential, { user: userId });
    if (!(await verifyPassword(known?.passwordHash ?? null, current)))
      throw new Refusal('UNAUTHORIZED', 'The present password is wrong.', 'Check it, and whether Caps Lock is on.');
    refuseWeak(password, user);
    const passwordHash = await hashPassword(password);
    const change = async (tx: EntityManager) => {
      // Few may be at work with passwords at a time: whoever waits here for what takes long keeps others from signing in.
      await tx.execute(`set local lock_timeout = ${MAX_WAIT}`);
      await holdComer(tx, { id: userId, session });
      const credential = await tx.findOneOrFail(Credential, { user: userId });
      // Somebody else, or the same person elsewhere, was faster: what was checked is the present one no more.
      if (credential.passwordHash !== known?.passwordHash)
        throw new Refusal('CONFLICT', 'The password was changed at the same moment.', 'Sign in with it, and change it then.');
      Object.assign(credential, { passwordHash, passwordSetAt: now() });
      const others = { user: userId, id: { $ne: session } };
      const sessions = await tx.count(Session, { ...others, ...alive() });
      await tx.nativeDelete(Session, others);
      await endPending(tx, userId);
      await forgetDevices(tx, userId);
      await tellOfPassword(tx, userId, 'Your password was changed');
      await tx.flush();
      const tokens = await tx.find(ApiToken, { user: userId });
      for (const one of [...tokens, ...(await tx.find(PushSubscription, { person: userId }))]) tx.remove(one);
      await tx.flush();
      await record(tx, passwordChanged, { about: user, metadata: { sessions, tokens: tokens.length } });
      return { sessions, tokens: tokens.length, renewed: renew ? await renewSession(tx, session) : null };
    };
    return em.fork().transactional(change).catch(asBusy);
  });
}

/** Milliseconds for which a changed password waits for what else is being saved of its account. */
const MAX_WAIT = 2_000;
/** What PostgreSQL answers then. */
const LOCK_NOT_AVAILABLE = '55P03';

function asBusy(problem: unknown): never {
  if ((problem as { readonly code?: string }).code === LOCK_NOT_AVAILABLE)
    throw new Refusal('CONFLICT', 'Something else of your account is being saved.', 'Try again in a few seconds.');
  throw problem;
}

/** Tells somebody of it, in the app and by mail. Saved when the caller flushes. */
export const tellOfPassword = (em: EntityManager, person: string, title: string): Promise<void> =>
  notify(em, [
    {
      person,
      kinds: [accountChanged],
      title,
      details: [
        {
          label: 'If that wasn’t you',
          text: 'Choose another one at once, by “Forgotten?” on the page where you sign in, and tell an admin.',
        },
      ],
      path: '/settings/security',
    },
  ]);
