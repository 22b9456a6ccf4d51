import type { Position } from '@countersign/audit/entry';

/** A subscription as the wire knows it: tRPC's request id, and `jsonrpc` where the request had it. */
export interface Request {
  readonly id: string | number | null;
  readonly jsonrpc: '2.0' | undefined;
}

/** What one frame says: all events after `from` up to `to` that the lane may see, as JSON texts. */
export interface Taken {
  readonly from: Position;
  readonly to: Position;
  readonly texts: readonly string[];
}

/**
 * A tracked message of tRPC's websocket protocol, as the stock encoder would write it for `tracked(to, { from, to, events })`.
 * Pinned by a test against the stock encoder: the protocol belongs to tRPC's version.
 */
export function frame({ id, jsonrpc }: Request, { from, to, texts }: Taken): string {
  const rpc = jsonrpc === undefined ? '' : `"jsonrpc":${JSON.stringify(jsonrpc)},`;
  const data = `{"from":${from},"to":${to},"events":[${texts.join(',')}]}`;
  return `{"id":${JSON.stringify(id)},${rpc}"result":{"type":"data","data":{"id":"${to}","data":${data}},"id":"${to}"}}`;
}
