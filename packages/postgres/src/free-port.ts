import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that systems take for outgoing connections (Linux from 32768, others from 49152): a port from among
// those could be somebody's by the time that it is listened to.
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 100;

/**
 * A TCP port of 127.0.0.1, from 20000 to 32000, that was free a moment ago; somebody else may take it before you do.
 * @throws Error where a hundred of them are in use.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found from ${FIRST} to ${LAST}: end programs that listen there`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
