import type { Event, Value } from './entry.ts';

/** A change as the log keeps it: in clear, or only as a name whose values lie in the subject's seal. */
export type StoredChange =
  | { readonly field: string; readonly old: Value; readonly new: Value }
  | { readonly field: string; readonly sealed: true };

/** One event as the log keeps it. What is personal is ciphertext: `sealedValues` under the subject's key, `sealedOrigin` (address, what the request said of its way, and user agent) under the actor's. */
export interface Entry extends Omit<Event, 'changes' | 'ipAddress' | 'forwardedFor' | 'userAgent'> {
  readonly changes: readonly StoredChange[];
  readonly sealedValues: Uint8Array | null;
  readonly sealedOrigin: Uint8Array | null;
}
