#!/usr/bin/env node
import { signIn, signOut } from '../sign-in.ts';
import { coloured, plain } from './line.ts';
import { Output } from './output.ts';
import { question } from './question.ts';
import { tail } from './tail.ts';
import { tailOptions, type TailOptions, USAGE } from './usage.ts';

const HELP = 'What it takes is told by --help.';
const say = (text: string) => void process.stderr.write(`${text}\n`);

try {
  const options = tailOptions(process.argv.slice(2), process.env);
  if (options.help) process.stdout.write(USAGE);
  else await follow(options);
} catch (problem) {
  const message = problem instanceof Error ? problem.message : String(problem);
  say(problem instanceof TypeError && 'code' in problem ? `${message}\n${HELP}` : message);
  process.exitCode = 1;
}

async function follow(options: TailOptions): Promise<void> {
  const { url } = options;
  const token = options.token ?? (await askedIn(url));
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort());
  const colours = process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  try {
    await tail({ ...options, token, output: new Output(process.stdout), say, paint: colours ? coloured : plain, end: end.signal });
  } finally {
    // What was begun for this is ended with it.
    if (options.token === null) await signOut({ url, token }).catch(() => undefined);
  }
}

async function askedIn(url: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new Error('Nobody is signed in: set COUNTERSIGN_TOKEN to the token of a session, or run this at a terminal, where it asks.');
  const email = await question('Mail address: ');
  const password = await question('Password: ', { secret: true });
  return signIn({ url, email, password, code: () => question('Code of your authenticator app: ') });
}
