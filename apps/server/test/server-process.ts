import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@countersign/testing/eventually';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

type Environment = Readonly<Record<string, string>>;

const environment = (env: Environment) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  LOG_LEVEL: 'warn',
  SECOND_FACTOR_ROLES: 'none',
  ...env,
});

/** The real server as a process of its own, which a test may kill. */
export class ServerProcess {
  readonly url: string;
  readonly #env: Environment;
  #child: ChildProcess | null = null;
  #output = '';

  constructor(env: Environment & { readonly PORT: string }) {
    this.#env = env;
    this.url = `http://127.0.0.1:${env.PORT}`;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** What it printed, for messages. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when it is ready to serve. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, 'start'], { env: environment(this.#env), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (this.#output += data.toString()));
    await eventually(
      async () => {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.#output}`);
        return (await fetch(`${this.url}/readyz`)).ok;
      },
      { timeout: 90_000, interval: 50 },
    );
    this.#child = child;
  }

  /** Kill -9: no chance to tidy up. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** A graceful stop. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

export interface Person {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** `countersign admin create`, as an operator runs it. */
export async function createAdmin(env: Environment, { email, name, password }: Person): Promise<void> {
  const child = spawn(process.execPath, [MAIN, 'admin', 'create', '--email', email, '--name', name, '--password-stdin'], {
    env: environment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  child.stdin.end(`${password}\n`);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`admin create ended with ${code}:\n${output}`);
}

/** Signs in as a page does, and takes the session's token out of the cookie. */
export async function signInForToken(server: ServerProcess, { email, password }: Pick<Person, 'email' | 'password'>): Promise<string> {
  const answer = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email, password }),
  });
  const token = /countersign_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1];
  if (!answer.ok || token === undefined) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
  return decodeURIComponent(token);
}
