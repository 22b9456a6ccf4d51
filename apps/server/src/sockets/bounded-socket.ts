import { WebSocket } from 'ws';

/** Bytes that may wait for a client; nobody who reads lets them come near it. */
const MOST_UNSENT = 8 * 1024 * 1024;

type Data = Parameters<WebSocket['send']>[0];
type Options = Parameters<WebSocket['send']>[1];
type Sent = (problem?: Error) => void;

/**
 * A websocket that ends when its client doesn't read, whoever writes to it: answers to broken messages and to pings go
 * past the back-pressure of calls and of the feed. One message may be larger, what waits before it may not.
 */
export class BoundedSocket extends WebSocket {
  override send(data: Data, options?: Options | Sent, sent?: Sent): void {
    if (this.bufferedAmount > MOST_UNSENT) this.terminate();
    super.send(data, options as Options, sent);
  }
}
