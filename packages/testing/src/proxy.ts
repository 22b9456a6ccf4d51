import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that breaks on demand what passes through it. */
export interface Proxy {
  readonly port: number;
  /** The same url, led through the proxy. */
  through(url: string): string;
  /** Resets all connections, and each new one, as a rebooting server does. */
  cut(): void;
  /** Lets connections be, and be made, but carries nothing on, as a broken route does. */
  blackhole(): void;
  /** Carries everything again, what waited in a black hole too. */
  restore(): void;
  /** Once a client has sent this text, carries it to the target and resets that connection before an answer comes back. */
  cutAfter(sent: string): Promise<void>;
  stop(): Promise<void>;
}

/** Where the real server listens, on 127.0.0.1 unless told. */
export interface Target {
  readonly host?: string;
  readonly port: number;
}

type Mode = 'pass' | 'cut' | 'blackhole';

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy({ target }: { readonly target: Target }): Promise<Proxy> {
  const pairs = new Set<Pair>();
  let mode: Mode = 'pass';
  let trap: Trap | undefined;

  const server = createServer((client) => {
    if (mode === 'cut') return client.resetAndDestroy();
    const pair = new Pair(client, target, (chunk, own) => trap?.springs(chunk, own) ?? false);
    pairs.add(pair);
    void pair.ended.then(() => pairs.delete(pair));
    pair.carry(mode === 'pass');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const enter = (next: Mode) => {
    mode = next;
    for (const pair of pairs) if (next === 'cut') pair.reset();
    for (const pair of pairs) pair.carry(next === 'pass');
  };
  return {
    port,
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    cut: () => enter('cut'),
    blackhole: () => enter('blackhole'),
    restore: () => enter('pass'),
    cutAfter: (sent) => new Promise((resolve) => (trap = new Trap(sent, () => ((trap = undefined), resolve())))),
    async stop() {
      enter('cut');
      server.close();
      await once(server, 'close');
    },
  };
}

/** A text to wait for in what clients send; it may arrive in pieces. */
class Trap {
  readonly #text: string;
  readonly #sprung: () => void;
  readonly #tails = new WeakMap<Pair, string>();

  constructor(text: string, sprung: () => void) {
    this.#text = text;
    this.#sprung = sprung;
  }

  springs(chunk: Buffer, pair: Pair): boolean {
    const seen = (this.#tails.get(pair) ?? '') + chunk.toString('latin1');
    this.#tails.set(pair, seen.slice(-this.#text.length));
    if (!seen.includes(this.#text)) return false;
    this.#sprung();
    return true;
  }
}

/** Not `once`, which rejects when an error comes first: a reset is no failure here. */
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

/** The two halves of one connection. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly ended: Promise<unknown>;
  #carrying = true;

  constructor(client: Socket, target: Target, isLast: (chunk: Buffer, pair: Pair) => boolean) {
    this.#client = client;
    this.#server = connect({ host: target.host ?? '127.0.0.1', port: target.port });
    this.ended = Promise.all([closed(client), closed(this.#server)]);
    for (const socket of [client, this.#server]) {
      socket.setNoDelay(true);
      // What a fault injector is for; the close that follows tells the other half.
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk: Buffer) => this.#send(chunk, isLast(chunk, this)));
    this.#server.on('data', (chunk: Buffer) => this.#relay(this.#server, client, chunk));
    client.on('end', () => this.#server.end());
    this.#server.on('end', () => client.end());
    client.on('close', () => this.#server.destroy());
    this.#server.on('close', () => client.destroy());
  }

  carry(on: boolean): void {
    this.#carrying = on;
    for (const socket of [this.#client, this.#server]) socket[on ? 'resume' : 'pause']();
  }

  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  #send(chunk: Buffer, last: boolean): void {
    if (!last) return this.#relay(this.#client, this.#server, chunk);
    // An orderly end towards the server, so that it reads and does what was sent; towards the client, silence and a reset.
    this.#server.removeAllListeners('data').resume();
    this.#server.end(chunk, () => this.#client.resetAndDestroy());
  }

  /** Passes on, not faster than the receiver reads. */
  #relay(from: Socket, to: Socket, chunk: Buffer): void {
    if (to.write(chunk) || to.destroyed) return;
    from.pause();
    to.once('drain', () => this.#carrying && from.resume());
  }
}
