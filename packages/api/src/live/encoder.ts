import { type Encoder, jsonEncoder } from '@trpc/server/adapters/ws';
import { Refusal } from '@countersign/domain/errors';
import { MOST_CALLS } from './connection.ts';
import type { Request } from './frames.ts';

/**
 * Yielded once by the live procedure. tRPC's encoder is the first to know the request id, so that is where the socket
 * joins its lane: in the same tick in which the joining frame is written, hence without a gap or an overlap.
 */
export class Attach {
  readonly #join: (request: Request) => string;

  constructor(join: (request: Request) => string) {
    this.#join = join;
  }

  /** Joins the lane, and returns the frame that says so. */
  join(request: Request): string {
    return this.#join(request);
  }
}

/** The stock encoder, except for what the live procedure yields to attach its socket, and for messages of too many calls or none. */
export const attachingEncoder: Encoder = {
  encode: (message) => {
    const attach = attachIn(message);
    return attach ? attach.attach.join(attach.request) : jsonEncoder.encode(message);
  },
  decode: (data) => bounded(jsonEncoder.decode(data)),
};

function bounded(message: unknown): unknown {
  if (!Array.isArray(message) || (message.length > 0 && message.length <= MOST_CALLS)) return message;
  throw new Refusal('VALIDATION_ERROR', `A message holds between 1 and ${MOST_CALLS} calls`, `This one holds ${message.length}.`);
}

function attachIn(message: unknown): { attach: Attach; request: Request } | null {
  if (typeof message !== 'object' || message === null || !('result' in message)) return null;
  const { id, jsonrpc, result } = message as { id: Request['id']; jsonrpc?: '2.0'; result: { data?: unknown } };
  return result.data instanceof Attach ? { attach: result.data, request: { id, jsonrpc } } : null;
}
