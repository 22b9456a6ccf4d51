import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks at the terminal, on standard error; what is secret isn't shown. Ctrl-C ends the program. */
export function question(text: string, { secret = false } = {}): Promise<string> {
  process.stderr.write(text);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: secret ? silence : process.stderr, terminal: true });
  return new Promise((resolve) => {
    terminal.once('SIGINT', () => process.exit(130));
    terminal.once('line', (line) => {
      terminal.close();
      if (secret) process.stderr.write('\n');
      resolve(line);
    });
  });
}
