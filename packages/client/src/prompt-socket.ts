/** How long the other side may take to say goodbye. Milliseconds. */
const PATIENCE = 2_000;
/** And to answer at first. A browser waits for minutes, through all of which nothing is tried again. */
const OPENING = 8_000;

/** As much of a browser's WebSocket as this goes by; the client is compiled without the types of a browser too. */
interface Socket {
  readonly readyState: number;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  dispatchEvent(event: Event): boolean;
}
type SocketClass = new (url: string) => Socket;

const CONNECTING = 0;
const CLOSED = 3;

/**
 * The same class, whose sockets give up a server that doesn't answer, and say that they are closed soon after they were asked to. A browser waits for the other
 * side's goodbye, which on a dead line doesn't come for minutes; nobody would know meanwhile that the line is dead.
 * Classes that are no event targets, such as that of the `ws` package, give up by themselves, and stay as they are.
 *
 * @param opening milliseconds that the server may take to answer at first.
 */
export function promptSocket<Class extends new (url: string) => object>(Given: Class, opening: number = OPENING): Class {
  if (typeof (Given.prototype as Partial<Socket>).dispatchEvent !== 'function') return Given;
  return class extends (Given as unknown as SocketClass) {
    /** What comes after it was given up concerns nobody: neither a late goodbye, nor what a line that is back still brings. */
    #givenUp = false;
    #goodbye: Event | null = null;

    constructor(url: string) {
      super(url);
      for (const type of ['close', 'message', 'error'])
        this.addEventListener(type, (event) => {
          if (this.#givenUp && event !== this.#goodbye) event.stopImmediatePropagation();
        });
      // Closed before it stands, a socket says at once that it failed.
      const timer = setTimeout(() => this.readyState === CONNECTING && super.close(), opening);
      for (const type of ['open', 'close']) this.addEventListener(type, () => clearTimeout(timer));
    }

    override close(code?: number, reason?: string): void {
      super.close(code, reason);
      if (this.readyState === CLOSED) return;
      const timer = setTimeout(() => {
        this.#givenUp = true;
        this.#goodbye = Object.assign(new Event('close'), { code: 1006, reason: '', wasClean: false });
        this.dispatchEvent(this.#goodbye);
      }, PATIENCE);
      this.addEventListener('close', () => clearTimeout(timer));
    }
  } as unknown as Class;
}
