import { hash, randomUUID } from 'node:crypto';
import { canonicalJson, type Json } from '@countersign/proof/canonical';
import { LEAF_VERSION } from '@countersign/proof/leaf';
import type { Position } from './entry.ts';
import type { ToldChange } from './inbox.ts';
import type { Entry, StoredChange } from './log-entry.ts';
import type { Draft } from './merge.ts';
import { originSubject, seal, valuesSubject, type SealedValues, type SubjectKeys } from './protect.ts';
import type { Clear } from './reveal.ts';
import { shrink } from './shrink.ts';

/** An event's canonical bytes are at most these; beyond, its largest values are shortened. */
export const MAX_EVENT_BYTES = 60 * 1024;

/** A draft whose subject and scopes are known. */
export type CompleteDraft = Draft & { readonly subject: string | null; readonly scopes: readonly string[] };

/** An event with its place, its bytes and, still in memory, what its seals hold. */
export interface Formed {
  readonly entry: Entry;
  readonly clear: Clear;
  readonly leafHash: Buffer;
}

/** Gives a draft its place: id, seals under keys that are loaded, canonical bytes, leaf hash. */
export function form(draft: CompleteDraft, position: Position, keys: SubjectKeys): Formed {
  for (let fitting = draft, step = 0; ; step++) {
    const clear = clearOf(fitting);
    const entry = entryOf(fitting, position, clear, keys);
    const json = canonicalJson(leafRecord(entry));
    const excess = json.length <= MAX_EVENT_BYTES / 3 ? 0 : Buffer.byteLength(json) - MAX_EVENT_BYTES;
    if (excess <= 0) return { entry, clear, leafHash: leafHashOf(json) };
    fitting = shrink(fitting, excess, step);
  }
}

/** SHA-256(0x00 ‖ version ‖ JSON): the same as `leafHash(leafBytes(record))`, without copying the bytes twice. */
const leafHashOf = (json: string): Buffer => hash('sha256', `\0${String.fromCharCode(LEAF_VERSION)}${json}`, 'buffer');

/**
 * The record whose canonical JSON is the leaf, version 1. Every key is always there; what is personal stands as
 * base64 of its ciphertext; instants are UTC with microseconds.
 */
export function leafRecord(entry: Entry): { readonly [key: string]: Json } {
  return {
    action: entry.action,
    actor: { id: entry.actor.id, kind: entry.actor.kind },
    area: entry.area,
    change_id: entry.changeId,
    changes: entry.changes as unknown as Json,
    channel: entry.channel,
    effect: entry.effect,
    id: entry.id,
    impersonator: entry.impersonator,
    metadata: entry.metadata,
    occurred_at: entry.occurredAt,
    operation: entry.operation,
    position: entry.position,
    reason: entry.reason,
    request_id: entry.requestId,
    root: entry.root && { id: entry.root.id, label: entry.root.label, type: entry.root.type },
    scopes: entry.scopes,
    sealed_origin: base64(entry.sealedOrigin),
    sealed_values: base64(entry.sealedValues),
    subject: entry.subject,
    target: entry.target && { id: entry.target.id, label: entry.target.label, type: entry.target.type },
    work_date: entry.workDate,
  };
}

const base64 = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function clearOf(draft: Draft): Clear {
  const sensitive = draft.changes.filter((change) => change.s);
  const { ipAddress, userAgent } = draft.origin;
  return {
    values: sensitive.length
      ? (Object.fromEntries(sensitive.map((change) => [change.f, { old: change.o, new: change.n }])) satisfies SealedValues)
      : null,
    origin: ipAddress === null && userAgent === null ? null : draft.origin,
  };
}

const storedChange = (change: ToldChange): StoredChange =>
  change.s ? { field: change.f, sealed: true } : { field: change.f, old: change.o, new: change.n };

function entryOf(draft: CompleteDraft, position: Position, clear: Clear, keys: SubjectKeys): Entry {
  const id = randomUUID();
  const { origin: _origin, changes, ...same } = draft;
  return {
    ...same,
    position,
    id,
    changes: changes.map(storedChange),
    effect: null,
    sealedValues: sealed(clear.values, valuesSubject(draft), id, keys),
    sealedOrigin: sealed(clear.origin, originSubject(draft), id, keys),
  };
}

/** Nothing is sealed for a person who was erased: the value is gone, the fact that it changed stays. */
function sealed(value: unknown, subject: string, id: string, keys: SubjectKeys): Buffer | null {
  const key = value === null ? undefined : keys.get(subject);
  return key ? seal(key, id, value) : null;
}

/** The persons under whose keys these drafts keep something. */
export function draftSubjects(drafts: readonly CompleteDraft[]): Set<string> {
  const subjects = new Set<string>();
  for (const draft of drafts) {
    if (draft.changes.some((change) => change.s)) subjects.add(valuesSubject(draft));
    if (draft.origin.ipAddress !== null || draft.origin.userAgent !== null) subjects.add(originSubject(draft));
  }
  return subjects;
}
