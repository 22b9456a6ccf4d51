import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { changeSet, job, withContext } from '@countersign/audit/context';
import { createUser } from '@countersign/domain/people/account';
import { atWork } from './offline.ts';

export interface NewAdmin {
  readonly email: string;
  /** First and last name. */
  readonly name: string;
  /** Read the password from standard input, instead of making one up and printing it. */
  readonly passwordStdin?: boolean;
}

/** Makes the first administrator, or a further one. @throws Refusal naming what is wrong with mail address, name or password. */
export async function createAdmin({ email, name, passwordStdin = false }: NewAdmin): Promise<void> {
  const password = passwordStdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : randomBytes(15).toString('base64url');
  const [firstName = '', ...rest] = name.trim().split(/\s+/);
  const lastName = rest.join(' ');
  await atWork(({ system }) =>
    withContext({ actor: job('admin create'), channel: 'cli' }, () =>
      changeSet('admin.create', () => createUser(system.orm.em.fork(), { firstName, lastName, email, role: 'admin', level: 5, password })),
    ),
  );
  console.log(passwordStdin ? `${email} can sign in.` : `${email} can sign in, with the password ${password}`);
}
