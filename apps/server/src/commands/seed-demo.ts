import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../demo/accounts.ts';
import { seedDemo } from '../demo/seed.ts';
import { atWork } from './offline.ts';

/** Fills an empty database with the demonstration, telling each new part of it. */
export async function seedDemoData(): Promise<void> {
  let told = '';
  await atWork(({ database, system }) =>
    seedDemo({
      orm: system.orm,
      log: system.trail.log,
      ownerUrl: database.owner,
      progress: ({ done, of, message }) => {
        if (message === told) return;
        told = message;
        console.log(`${message} (${done} of ${of})`);
      },
    }),
  );
  console.log(`Sign in as ${DEMO_ACCOUNTS.map(({ email }) => email).join(', ')}; everybody's password is ${DEMO_PASSWORD}`);
}
