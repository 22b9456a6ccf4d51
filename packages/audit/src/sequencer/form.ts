import { hash, randomUUID } from 'node:crypto';
import { canonicalJson, type Json } from '@countersign/proof/canonical';
import { LEAF_VERSION } from '@countersign/proof/leaf';
import type { Position } from '../events/entry.ts';
import type { ToldChange } from '../capture/inbox.ts';
import type { Entry, StoredChange } from '../events/log-entry.ts';
import type { CompleteDraft, Draft } from '../merge/draft.ts';
import { originSubject, seal, valuesSubject, type SealedValues, type SubjectKeys } from '../values/protect.ts';
import type { Clear, Formed } from './formed.ts';
import { leafText } from './leaf-record.ts';
import { shrink, withShortReason } from './shrink.ts';

/** An event's canonical bytes are at most these; beyond, its largest values are shortened. */
export const MAX_EVENT_BYTES = 60 * 1024;

/**
 * Gives drafts their places: ids, seals under keys that are loaded, canonical bytes, leaf hashes. One for each batch,
 * since the events of a flush share the seal of their origin.
 */
export class Former {
  readonly #keys: SubjectKeys;
  readonly #origins = new Map<string, Buffer | null>();

  constructor(keys: SubjectKeys) {
    this.#keys = keys;
  }

  form(draft: CompleteDraft, position: Position): Formed {
    for (let fitting = withShortReason(draft), step = 0; ; step++) {
      const clear = clearOf(fitting);
      const entry = this.#entryOf(fitting, position, clear);
      const changesJson = canonicalJson(entry.changes as unknown as Json);
      const json = leafText(entry, changesJson);
      const excess = json.length <= MAX_EVENT_BYTES / 3 ? 0 : Buffer.byteLength(json) - MAX_EVENT_BYTES;
      if (excess <= 0) return { entry, clear, changesJson, leafHash: leafHashOf(json) };
      fitting = shrink(fitting, excess, step);
    }
  }

  #entryOf(draft: CompleteDraft, position: Position, clear: Clear): Entry {
    const id = randomUUID();
    const { origin: _origin, changes, ...same } = draft;
    return {
      ...same,
      position,
      id,
      changes: changes.map(storedChange),
      sealedValues: this.#sealed(clear.values, valuesSubject(draft), id),
      sealedOrigin: clear.origin && this.#sealedOrigin(draft),
    };
  }

  #sealedOrigin(draft: CompleteDraft): Buffer | null {
    const subject = originSubject(draft);
    const key = JSON.stringify([subject, draft.changeId, draft.origin]);
    const known = this.#origins.get(key);
    if (known !== undefined) return known;
    const sealed = this.#sealed(draft.origin, subject, draft.changeId);
    this.#origins.set(key, sealed);
    return sealed;
  }

  /** Nothing is sealed for a person who was erased: the value is gone, the fact that it changed stays. */
  #sealed(value: unknown, subject: string, owner: string): Buffer | null {
    const key = value === null ? undefined : this.#keys.get(subject);
    return key ? seal(key, owner, value) : null;
  }
}

/** SHA-256(0x00 ‖ version ‖ JSON): the same as `leafHash(leafBytes(record))`, without copying the bytes twice. */
export const leafHashOf = (json: string): Buffer => hash('sha256', `\0${String.fromCharCode(LEAF_VERSION)}${json}`, 'buffer');

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

/** The persons under whose keys these drafts keep something. */
export function draftSubjects(drafts: readonly CompleteDraft[]): Set<string> {
  const subjects = new Set<string>();
  for (const draft of drafts) {
    if (draft.changes.some((change) => change.s)) subjects.add(valuesSubject(draft));
    if (draft.origin.ipAddress !== null || draft.origin.userAgent !== null) subjects.add(originSubject(draft));
  }
  return subjects;
}
