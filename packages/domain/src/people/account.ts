import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { now } from '../clock.ts';
import { isTimeZone } from '../day.rules.ts';
import { Refusal, type FieldProblem } from '../errors.ts';
import { Credential } from './credential.ts';
import { holdAccount } from './hold-account.ts';
import { forgetDevices } from './session/known-device.ts';
import { foreignIn, mailAddress } from './mail-address.rules.ts';
import { passwordProblems, type Whose } from './password/password-strength.rules.ts';
import { hashPassword } from './password/password.ts';
import { ROLES } from './rights/permissions.ts';
import { endSessions } from './session/sign-in.ts';
import { User } from './user.ts';

/** As it is kept; what it may be made of is said before what form it has. */
const email = z
  .string()
  .transform(mailAddress)
  .pipe(
    z
      .string()
      .max(254, 'At most 254 characters.')
      .check(({ value, issues }) => {
        const foreign = foreignIn(value);
        const message = `A mail address is made of the letters a to z, digits and signs: “${foreign}” is another character, however alike it looks.`;
        if (foreign !== null) issues.push({ code: 'custom', input: value, message });
      })
      .pipe(z.email('This is no mail address: it needs the form name@example.com.')),
  );
const name = z.string().trim().min(1, 'A name is needed.').max(100, 'At most 100 characters.');

export const newUserInput = z.object({
  firstName: name,
  lastName: name,
  email,
  phoneNumber: z.string().trim().max(40).nullish(),
  role: z.enum(ROLES, `The roles are ${ROLES.join(', ')}.`),
  level: z.number().int().min(1, 'Levels go from 1 to 5.').max(5, 'Levels go from 1 to 5.').default(1),
  timeZone: z.string().refine(isTimeZone, 'There is no such time zone: it needs a name such as Europe/Berlin.').default('UTC'),
  password: z.string(),
});
export type NewUser = z.input<typeof newUserInput>;

/**
 * Makes a user who can sign in.
 * @throws Refusal VALIDATION_ERROR naming every field that is wrong, a mail address that is taken among them.
 */
export async function createUser(em: EntityManager, input: NewUser): Promise<User> {
  const parsed = newUserInput.safeParse(input);
  const fields = [...(parsed.success ? [] : parsed.error.issues.map(problemOf)), ...passwordProblems(input.password, input)];
  if (!parsed.success || fields.length) throw wrong(fields);
  const { password, ...profile } = parsed.data;
  const passwordHash = await hashPassword(password);
  const context = em.fork();
  const user = context.create(User, { ...profile, phoneNumber: profile.phoneNumber || null });
  context.create(Credential, { user, passwordHash, passwordSetAt: now() });
  try {
    await context.flush();
  } catch (cause) {
    if (cause instanceof UniqueConstraintViolationException) throw mailIsTaken();
    throw cause;
  }
  return user;
}

/**
 * Gives a user another password and ends their sessions: who had the old one is out.
 * @throws Refusal NOT_FOUND or VALIDATION_ERROR.
 */
export async function setPassword(em: EntityManager, userId: string, password: string): Promise<void> {
  const context = em.fork();
  const user = await context.findOne(User, { id: userId });
  if (!user) throw new Refusal('NOT_FOUND', 'There is no such user.');
  const fields = passwordProblems(password, user);
  if (fields.length) throw wrong(fields);
  const passwordHash = await hashPassword(password);
  await context.transactional(async (tx) => {
    await holdAccount(tx, userId);
    const credential = await tx.findOne(Credential, { user: userId });
    if (credential) tx.assign(credential, { passwordHash, passwordSetAt: now() });
    else tx.create(Credential, { user: userId, passwordHash, passwordSetAt: now() });
    await endSessions(tx, userId);
    await forgetDevices(tx, userId);
  });
}

/** The refusal where a mail address is somebody else's. */
export const mailIsTaken = (): Refusal => wrong([{ field: 'email', message: 'Somebody with this mail address exists already.' }]);

/** @throws Refusal VALIDATION_ERROR for a password that is too easily guessed. */
export function refuseWeak(password: string, whose: Whose): void {
  const fields = passwordProblems(password, whose);
  if (fields.length) throw new Refusal('VALIDATION_ERROR', 'This password can’t be used.', fields[0]?.message, { fields });
}

const problemOf = (issue: z.core.$ZodIssue): FieldProblem => ({
  field: issue.path.join('.').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  message: issue.message,
});

const wrong = (fields: readonly FieldProblem[]) =>
  new Refusal('VALIDATION_ERROR', "This user can't be saved.", fields.map(({ message }) => message).join(' '), { fields });
