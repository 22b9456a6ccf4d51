import type { EntityManager } from '@mikro-orm/postgresql';
import { changeSet } from '@countersign/audit/context';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { notify } from '../../messages/notify.ts';
import { accountChanged } from '../account-notices.ts';
import { type NewSession, renewSession } from '../session/begin-session.ts';
import { Credential } from '../credential.ts';
import { holdComer } from '../session/hold-comer.ts';
import { forgetDevices } from '../session/known-device.ts';
import { verifyPassword } from '../password/password.ts';
import { Session } from '../session/session.ts';
import { acceptCode, whoseFactor } from './accept-code.ts';
import { secretIn } from './offer.ts';
import { endPending } from './pending-sign-in.ts';
import { hashOfCode, newRecoveryCodes } from './recovery-codes.ts';
import type { Sealer } from './sealer.ts';
import { heldFactor, SecondFactor } from './second-factor.ts';
import { wrongCode } from './second-step.ts';
import { stepOf, typed } from './totp.rules.ts';

/** By what somebody who is signed in shows again that it is them: their password, or a code. */
export interface Proof {
  readonly password?: string | undefined;
  readonly code?: string | undefined;
}

/** Whoever changes their own second factor, in which session. */
export interface Owner {
  readonly userId: string;
  readonly session: string;
  /** Whether it goes on by another token: whoever is at a browser doesn't name it on purpose. */
  readonly renew: boolean;
  readonly sealer: Sealer;
  readonly proof: Proof;
}

/** How somebody's second factor stands; null where they have none. */
export async function factorOf(em: EntityManager, userId: string): Promise<{ readonly setUpAt: Date; readonly codesLeft: number } | null> {
  const factor = await em.fork().findOne(SecondFactor, { user: userId });
  return factor && { setUpAt: factor.setUpAt, codesLeft: factor.codesLeft };
}

/** What was offered, and what the app that was given it shows. */
interface Confirmation {
  readonly offer: string;
  readonly confirmation: string;
}

/** The recovery codes, which are shown once, and the token by which the session goes on, where it is another. */
export interface SetUp {
  readonly recoveryCodes: readonly string[];
  readonly renewed: NewSession | null;
}

/**
 * Sets up the authenticator whose code confirms an offer, in the place of the one before where there is one: for whoever shows again that
 * it is them, or has just signed in and had none. Other sessions end, and no browser is known any more, since they were let in without it; this one goes on.
 * @throws Refusal UNAUTHORIZED for a wrong code or proof, CONFLICT where only signing in again shows it, NOT_FOUND for an offer that is over.
 */
export function setUpFactor(em: EntityManager, { offer, confirmation, ...owner }: Owner & Confirmation): Promise<SetUp> {
  const { userId, session, renew, sealer } = owner;
  return changeSet('secondFactor.setUp', async () => {
    const secret = secretIn(offer, userId, sealer);
    return em.fork().transactional(async (tx) => {
      await holdComer(tx, { id: userId, session });
      const present = await heldFactor(tx, userId);
      await (present ? prove(tx, present, owner) : proveWithout(tx, owner));
      const step = stepOf(secret, typed(confirmation), now());
      if (step === null) throw wrongCode('confirmation');
      const { recoveryCodes, kept } = madeCodes();
      const at = now();
      const fields = { sealedSecret: sealer.seal(secret, whoseFactor(userId)), lastStep: step, setUpAt: at, ...kept };
      if (present) Object.assign(present, fields);
      else tx.create(SecondFactor, { user: userId, ...fields });
      await tx.nativeDelete(Session, { user: userId, id: { $ne: session } });
      await endPending(tx, userId);
      await forgetDevices(tx, userId);
      await tellOfFactor(tx, userId, present ? 'Your second factor was renewed' : 'A second factor was set up for you');
      await tx.flush();
      if (renew) return { recoveryCodes, renewed: await renewSession(tx, session, { secondFactorAt: at }) };
      await tx.nativeUpdate(Session, { id: session }, { secondFactorAt: at });
      return { recoveryCodes, renewed: null };
    });
  });
}

/** Ten new recovery codes in the place of those before. @throws Refusal UNAUTHORIZED, CONFLICT where there is no second factor. */
export function renewRecoveryCodes(em: EntityManager, owner: Owner): Promise<readonly string[]> {
  return changeSet('secondFactor.renewCodes', () =>
    em.fork().transactional(async (tx) => {
      const factor = await proven(tx, owner);
      const { recoveryCodes, kept } = madeCodes();
      Object.assign(factor, kept);
      await tellOfFactor(tx, owner.userId, 'Your recovery codes were made anew');
      await tx.flush();
      return recoveryCodes;
    }),
  );
}

/** From now on the password alone does. @throws Refusal UNAUTHORIZED, CONFLICT where there is none. */
export function removeFactor(em: EntityManager, owner: Owner): Promise<void> {
  return changeSet('secondFactor.remove', () =>
    em.fork().transactional(async (tx) => {
      tx.remove(await proven(tx, owner));
      await tx.nativeUpdate(Session, { user: owner.userId }, { secondFactorAt: null });
      await endPending(tx, owner.userId);
      await tellOfFactor(tx, owner.userId, 'Your second factor was removed');
      await tx.flush();
    }),
  );
}

async function proven(tx: EntityManager, owner: Owner): Promise<SecondFactor> {
  await holdComer(tx, { id: owner.userId, session: owner.session });
  const factor = await heldFactor(tx, owner.userId);
  if (!factor) throw new Refusal('CONFLICT', 'You have no second factor', 'It may have been removed meanwhile: read the page again.');
  await prove(tx, factor, owner);
  return factor;
}

/** @throws Refusal UNAUTHORIZED that names what is wrong. */
async function prove(tx: EntityManager, factor: SecondFactor, { userId, proof, sealer }: Owner): Promise<void> {
  if (proof.code !== undefined) {
    if (!acceptCode(factor, proof.code, sealer)) throw wrongCode('code');
    return;
  }
  if (proof.password === undefined) throw unproven('Type your password, or a code.');
  const credential = await tx.findOne(Credential, { user: userId });
  await checkPassword(credential, proof.password, 'Check it, and whether Caps Lock is on; or give a code instead.');
}

/** Minutes after signing in in which somebody is who they were then. */
const FRESH = 15;

/** Whoever finds a page that somebody left open must not lock them out, by a factor of their own. @throws Refusal */
async function proveWithout(tx: EntityManager, { userId, session, proof }: Owner): Promise<void> {
  const { createdAt } = await tx.findOneOrFail(Session, { id: session });
  if (now().getTime() < createdAt.getTime() + FRESH * 60_000) return;
  const credential = await tx.findOne(Credential, { user: userId });
  if (!credential)
    throw new Refusal(
      'CONFLICT',
      'You signed in some time ago',
      `Sign out, sign in again, and set it up within ${FRESH} minutes: your account has no password that could be asked for.`,
    );
  if (proof.password === undefined) throw unproven('Type your password: you signed in some time ago.');
  await checkPassword(credential, proof.password, 'Check it, and whether Caps Lock is on.');
}

const WRONG = 'The password is wrong.';

async function checkPassword(credential: Credential | null, password: string, details: string): Promise<void> {
  if (!(await verifyPassword(credential?.passwordHash ?? null, password)))
    throw new Refusal('UNAUTHORIZED', WRONG, details, { fields: [{ field: 'password', message: WRONG }] });
}

function unproven(message: string): Refusal {
  return new Refusal('VALIDATION_ERROR', 'Show again that it is you', message, { fields: [{ field: 'password', message }] });
}

function madeCodes(): {
  readonly recoveryCodes: readonly string[];
  readonly kept: Pick<SecondFactor, 'codeHashes' | 'codesLeft' | 'codesMadeAt'>;
} {
  const recoveryCodes = newRecoveryCodes();
  return { recoveryCodes, kept: { codeHashes: recoveryCodes.map(hashOfCode), codesLeft: recoveryCodes.length, codesMadeAt: now() } };
}

/** Tells somebody of it, in the app and by mail. Saved when the caller flushes. */
export const tellOfFactor = (em: EntityManager, person: string, title: string): Promise<void> =>
  notify(em, [
    {
      person,
      kinds: [accountChanged],
      title,
      details: [{ label: 'If you don’t know of it', text: 'change your password at once, and tell an admin.' }],
      path: '/settings/security',
    },
  ]);
