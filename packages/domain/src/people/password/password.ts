import { hash, verify } from '@node-rs/argon2';

/** OWASP's password storage cheat sheet: Argon2id (the library's default, a constant that can't be imported here) with 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => hash(password, PARAMETERS);

let nobodysHash: Promise<string> | undefined;

/** Whether the password is the one behind the hash. Without a hash it takes as long, and is never true: the time tells nobody which mail addresses exist. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword(crypto.randomUUID());
  const matches = await verify(passwordHash ?? (await nobodysHash), password);
  return matches && passwordHash !== null;
}
