import { canonicalJson, type Json } from './canonical.ts';

/** SHA-256 of bytes. Passed in, since Node and browsers have different fast ones. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The version that every leaf written today begins with. A change of the leaf's form takes the next number; old leaves keep theirs. */
export const LEAF_VERSION = 1;

/** RFC 6962, section 2.1: a leaf is hashed behind a zero byte, an inner node behind a one, so that neither passes for the other. */
const LEAF_PREFIX = 0;

const utf8 = new TextEncoder();

/**
 * The bytes of one leaf of the log: the version byte, then the record's canonical JSON in UTF-8.
 * @throws TypeError where `record` holds what JSON cannot carry.
 */
export function leafBytes(record: { readonly [key: string]: Json }): Uint8Array {
  const json = utf8.encode(canonicalJson(record));
  const bytes = new Uint8Array(json.length + 1);
  bytes[0] = LEAF_VERSION;
  bytes.set(json, 1);
  return bytes;
}

/** The Merkle leaf hash, 32 bytes: SHA-256(0x00 ‖ leaf), as RFC 6962 section 2.1 defines it. */
export function leafHash(leaf: Uint8Array, sha256: Sha256): Uint8Array {
  const prefixed = new Uint8Array(leaf.length + 1);
  prefixed[0] = LEAF_PREFIX;
  prefixed.set(leaf, 1);
  return sha256(prefixed);
}
