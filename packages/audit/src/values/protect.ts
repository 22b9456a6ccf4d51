import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, randomFillSync, type KeyObject } from 'node:crypto';
import type { Client, Pool } from 'pg';
import type { ShownChange } from '../events/entry.ts';
import type { Entry } from '../events/log-entry.ts';

const NONCE = 12;
const TAG = 16;

/** Where an event came from, kept as ciphertext under the actor's key. */
export interface Origin {
  readonly ipAddress: string | null;
  readonly forwardedFor?: string;
  readonly userAgent: string | null;
}

const POOL = Buffer.alloc(NONCE * 1024);
let used = POOL.length;

/** Random bytes for one seal; asking the system for a thousand at once costs what asking for one does. */
function freshNonce(): Buffer {
  if (used === POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  used += NONCE;
  return Buffer.from(POOL.subarray(used - NONCE, used));
}

/**
 * AES-256-GCM: nonce ‖ ciphertext ‖ tag. The nonce is random and never derived from a position, which a retried batch
 * would use again; what it belongs to is authenticated along, so that a seal can't be moved elsewhere:
 * the event's id for values, the change set's for the origin, which all events of a flush share.
 */
export function seal(key: KeyObject, owner: string, value: unknown): Buffer {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
  return Buffer.concat([nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `seal` made; null where it was made under another key or for another owner, or was altered. */
export function unseal(key: KeyObject, owner: string, sealed: Uint8Array): unknown {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()]).toString('utf8'));
  } catch {
    return null;
  }
}

/** Under whose key an event's origin is kept: the actor's, or a key of the month where there is no person. */
export const originSubject = (entry: Pick<Entry, 'actor' | 'occurredAt'>): string =>
  entry.actor.kind === 'user' && entry.actor.id !== null ? entry.actor.id : `month:${entry.occurredAt.slice(0, 7)}`;

/** Under whose key an event's sensitive values are kept. */
export const valuesSubject = (entry: Pick<Entry, 'subject' | 'actor' | 'occurredAt'>): string => entry.subject ?? originSubject(entry);

/** Most people of an organisation: importing a key anew for each seal costs nine times the seal itself. */
const MAX_KEYS = 50_000;

/** The data keys of persons, made on demand, with a bounded cache. */
export class SubjectKeys {
  readonly #db: Pick<Client | Pool, 'query'>;
  readonly #cache = new Map<string, KeyObject>();

  constructor(db: Pick<Client | Pool, 'query'>) {
    this.#db = db;
  }

  /** A key that was loaded before; undefined where the person was erased or nothing was ever kept under it. */
  get(subject: string): KeyObject | undefined {
    return this.#cache.get(subject);
  }

  /** Loads what is missing, so that `get` finds it. */
  async load(subjects: Iterable<string>): Promise<void> {
    const missing = this.#missing(subjects);
    if (missing.length) await this.#read(missing);
  }

  /** Loads what is missing and makes what doesn't exist. */
  async ensure(subjects: Iterable<string>): Promise<void> {
    const missing = this.#missing(subjects);
    if (!missing.length) return;
    await this.#db.query(
      `insert into audit_subject_key (subject_id, key) select * from unnest($1::text[], $2::bytea[]) on conflict do nothing`,
      [missing, missing.map(() => randomBytes(32))],
    );
    await this.#read(missing);
  }

  #missing(subjects: Iterable<string>): string[] {
    if (this.#cache.size > MAX_KEYS) this.#cache.clear();
    return [...new Set(subjects)].filter((subject) => !this.#cache.has(subject));
  }

  async #read(subjects: readonly string[]): Promise<void> {
    const { rows } = await this.#db.query<{ subject_id: string; key: Buffer }>(
      `select subject_id, key from audit_subject_key where subject_id = any($1::text[]) and key is not null`,
      [subjects],
    );
    for (const row of rows) this.#cache.set(row.subject_id, createSecretKey(row.key));
  }
}

/** The sensitive values of an event by field, as the seal holds them. */
export type SealedValues = { readonly [field: string]: Pick<ShownChange, 'old' | 'new'> };
