import type { Actor, Channel, Operation, Position, Target, Value } from './entry.ts';
import type { Json } from '@countersign/proof/canonical';

/** A change as the log keeps it: in clear, or only as a name whose values lie in the subject's seal. */
export type StoredChange =
  | { readonly field: string; readonly old: Value; readonly new: Value }
  | { readonly field: string; readonly sealed: true };

/** One event as the log keeps it. What is personal is ciphertext: `sealedValues` under the subject's key, `sealedOrigin` (address and user agent) under the actor's. */
export interface Entry {
  readonly position: Position;
  readonly id: string;
  readonly changeId: string;
  readonly area: string;
  readonly action: string;
  readonly operation: Operation;
  readonly actor: Actor;
  readonly impersonator: string | null;
  readonly target: Target | null;
  readonly root: Target | null;
  readonly subject: string | null;
  readonly scopes: readonly string[];
  readonly workDate: string | null;
  readonly changes: readonly StoredChange[];
  readonly metadata: { readonly [key: string]: Json };
  readonly reason: string | null;
  readonly effect: { readonly [key: string]: Json } | null;
  readonly channel: Channel;
  readonly requestId: string | null;
  readonly occurredAt: string;
  readonly sealedValues: Uint8Array | null;
  readonly sealedOrigin: Uint8Array | null;
}
