import { ask, type Asked, ServerAnswer } from './server-answer.ts';
import { serverSent } from './server-sent.ts';
import type { EventView } from './views.ts';

/** A part of the feed: everything after `from` up to `to` that one may see and asked for. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly events: readonly EventView[];
}

/** Milliseconds without a sign of life after which a connection counts as dead. The server sends one every 15 seconds. */
const SILENCE = 25_000;

/**
 * The live feed over one connection, until it ends for whatever reason. Nothing is read ahead: who takes no stretch lets
 * the connection fill, and the server wait.
 *
 * @param asked its signal ends the connection.
 * @param connected called when the server has taken the subscription.
 * @param silence milliseconds; only time spent waiting for the server counts.
 * @throws ServerAnswer where the server refuses or ends it with an error; an Error where the line is lost.
 */
export async function* liveStream(asked: Asked, connected: () => void, silence: number = SILENCE): AsyncGenerator<Stretch, void> {
  const line = new AbortController();
  const end = () => line.abort(asked.signal.reason);
  asked.signal.addEventListener('abort', end);
  const patience = new Patience(silence, () => line.abort(new Error(`nothing was heard for ${silence / 1_000} seconds`)));
  try {
    asked.signal.throwIfAborted();
    const headers = { ...asked.headers, accept: 'text/event-stream' };
    const response = await patience.spentOn(ask({ ...asked, headers, signal: line.signal }));
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw new ServerAnswer(response.status, null);
    for await (const { type, data } of serverSent(textOf(response, patience))) {
      if (type === 'connected') connected();
      if (type === 'serialized-error') throw new ServerAnswer(500, JSON.parse(data));
      if (type === 'message') yield JSON.parse(data) as Stretch;
    }
  } finally {
    asked.signal.removeEventListener('abort', end);
    line.abort();
  }
}

async function* textOf({ body }: Response, patience: Patience): AsyncGenerator<string, void> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await patience.spentOn(reader.read());
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

/** Gives up waiting after a while. */
class Patience {
  readonly #milliseconds: number;
  readonly #lose: () => void;

  constructor(milliseconds: number, lose: () => void) {
    this.#milliseconds = milliseconds;
    this.#lose = lose;
  }

  async spentOn<Result>(wait: Promise<Result>): Promise<Result> {
    const timer = setTimeout(this.#lose, this.#milliseconds);
    try {
      return await wait;
    } finally {
      clearTimeout(timer);
    }
  }
}
