import { type Client, createClient } from '../client.ts';
import type { Interruption, LiveItem } from '../live-feed.ts';
import { eventLine, type Paint } from './line.ts';
import type { Output } from './output.ts';
import type { TailOptions } from './usage.ts';

export interface Tail extends Pick<TailOptions, 'url' | 'json' | 'after' | 'filter'> {
  readonly token: string;
  readonly output: Output;
  /** For what is no event. */
  readonly say: (text: string) => void;
  readonly paint: Paint;
  /** Ends it. */
  readonly end: AbortSignal;
}

/** Follows the feed until it is ended, or nobody reads any more. @throws LiveError where it can't be followed. */
export async function tail({ url, token, json, after, filter, output, say, paint, end }: Tail): Promise<void> {
  const client: Client = createClient({ url, token });
  const line = new Line(url, say);
  const feed = client.live({
    ...filter,
    ...(after !== null && { after }),
    signal: AbortSignal.any([end, output.closed]),
    onInterruption: (interruption) => line.lost(interruption),
    onConnected: () => line.back(),
  });
  for await (const item of feed) {
    if (item.kind === 'reload') say(leftOut(item));
    else await output.line(json ? JSON.stringify(item.event) : eventLine(item.event, paint));
  }
}

const leftOut = ({ after, position }: Extract<LiveItem, { kind: 'reload' }>) =>
  position < after
    ? `The log ends at ${position}, before ${after}: it is another one. Following it from there.`
    : `Away too long: what lies after ${after} up to ${position} was left out. It is in the log; see /live.`;

/** Tells of the beginning and the end of each outage, and not of each try. */
class Line {
  readonly #url: string;
  readonly #say: (text: string) => void;
  #state: 'new' | 'there' | 'lost' = 'new';

  constructor(url: string, say: (text: string) => void) {
    this.#url = url;
    this.#say = say;
  }

  back(): void {
    if (this.#state !== 'there') this.#say(this.#state === 'new' ? `Following ${this.#url}` : 'Connected again');
    this.#state = 'there';
  }

  lost({ problem }: Interruption): void {
    if (this.#state === 'lost') return;
    const { cause } = problem;
    const why = cause instanceof Error && cause.message ? cause.message : problem.message;
    this.#say(this.#state === 'new' ? `${this.#url} can't be reached (${why}): trying again` : `The line was lost (${why}): trying again`);
    this.#state = 'lost';
  }
}
