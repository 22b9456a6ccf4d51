import { createHash, randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { mintToken } from '@countersign/domain/people/token/token-bearer';
import type { House } from './house.ts';

/** An event of the feed as it arrived: its position, and when, by the one clock that never goes back. Milliseconds. */
export interface Delivered {
  readonly position: number;
  readonly at: number;
}

/** A websocket that follows the feed, by hand: it never connects again. */
export class ListeningSocket {
  readonly delivered: Delivered[] = [];
  /** Up to here everything was told. */
  to: number | null = null;
  closed: { readonly code: number; readonly at: number } | null = null;
  readonly #socket: WebSocket;

  constructor(url: string, token: string, input: object = {}) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/trpc`, { headers: { authorization: `Bearer ${token}` } });
    this.#socket.on('error', () => undefined);
    this.#socket.on('open', () =>
      this.#socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'audit.live', input } })),
    );
    this.#socket.on('message', (data: Buffer) => this.#hear(data.toString()));
    this.#socket.on('close', (code) => (this.closed = { code, at: performance.now() }));
  }

  #hear(text: string): void {
    const at = performance.now();
    const { result } = JSON.parse(text) as { result?: { data?: { data: { to: number; events: { position: number }[] } } } };
    if (!result?.data) return;
    this.to = result.data.data.to;
    for (const { position } of result.data.data.events) this.delivered.push({ position, at });
  }

  end(): void {
    this.#socket.terminate();
  }
}

/** A token of somebody that reads the log; its text. */
export async function beginToken(home: Pick<House, 'sql'>, userId: string): Promise<string> {
  const { text, hash, ending } = mintToken();
  await home.sql(
    `insert into api_tokens (id, user_id, name, hash, ending, scopes, expires_at)
      values (gen_random_uuid(), $1, 'a program', $2, $3, '{signedIn,logRead}', now() + interval '1 hour')`,
    [userId, hash, ending],
  );
  return text;
}

/** Begins a session as signing in would, without what a password costs. */
export async function beginSession(home: Pick<House, 'sql'>, userId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await home.sql(
    `insert into sessions (id, line, user_id, created_at, expires_at, last_seen_at) values ($1, $1, $2, now(), now() + interval '1 hour', now())`,
    [createHash('sha256').update(token).digest('hex'), userId],
  );
  return token;
}
