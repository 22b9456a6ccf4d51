import type { Json } from '@countersign/proof/canonical';
import type { Value } from '../events/entry.ts';
import type { ToldChange } from '../capture/inbox.ts';
import type { CompleteDraft } from '../merge/draft.ts';
import { capped, MAX_VALUE_BYTES, shortened } from '../values/values.ts';

type Side = 'o' | 'n';

/** What can be made shorter, its size now, and what would stand for it. */
interface Candidate {
  readonly index: number;
  readonly side: Side;
  readonly size: number;
  readonly replacement: Value;
  readonly saved: number;
}

const size = (value: Value) => (typeof value === 'string' ? Buffer.byteLength(value) : JSON.stringify(value).length);

/**
 * Takes `excess` bytes and more off an event. First what stands beside the changes, where it is larger than any value may be; then
 * the largest values are kept by their beginning, length and hash; then by length and hash alone; an event that is still too large, of a thousand fields, names the first ones and
 * keeps the hash of the others.
 */
export function shrink(draft: CompleteDraft, excess: number, step: number): CompleteDraft {
  // Nobody pushes out what changed by saying much beside it.
  if (step === 0) return withoutText(draft, MAX_VALUE_BYTES);
  if (step === 1) return withValues(draft, excess, (value) => (typeof value === 'string' ? shortened(value) : null));
  if (step === 2) return withValues(draft, excess, bare);
  if (step === 3) return withoutText(draft, MAX_TEXT);
  // Every other text is bounded where documents are read, so that an event without changes always fits.
  if (!draft.changes.length) throw new RangeError(`an event of ${draft.target?.type} ${draft.target?.id} is ${excess} bytes too large`);
  const kept = Math.floor(draft.changes.length / 2);
  const left = draft.changes.slice(kept).map((change) => (change.s ? { f: change.f } : change));
  return {
    ...draft,
    changes: draft.changes.slice(0, kept),
    metadata: { ...draft.metadata, [`changes_left_out_${left.length}`]: summary(JSON.stringify(left)) },
  };
}

function withValues(draft: CompleteDraft, excess: number, replace: (value: Value) => Value): CompleteDraft {
  const candidates = draft.changes.flatMap((change, index) =>
    [candidate(index, 'o', change.o, replace), candidate(index, 'n', change.n, replace)].filter((one) => one !== null),
  );
  candidates.sort((a, b) => b.size - a.size);
  const changes: ToldChange[] = [...draft.changes];
  let left = excess;
  for (const { index, side, replacement, saved } of candidates) {
    if (left <= 0) break;
    changes[index] = { ...(changes[index] as ToldChange), [side]: replacement };
    left -= saved;
  }
  return { ...draft, changes };
}

function candidate(index: number, side: Side, value: Value, replace: (value: Value) => Value): Candidate | null {
  const replacement = replace(value);
  if (replacement === null) return null;
  const saved = size(value) - size(replacement);
  return saved > 0 ? { index, side, size: size(value), replacement, saved } : null;
}

const bare = (value: Value): Value =>
  value === null ? null : { ...(typeof value === 'string' ? shortened(value) : value), beginning: '' };

const summary = (text: string): Json => ({ ...shortened(text), beginning: '' });

const withoutText = (draft: CompleteDraft, limit: number): CompleteDraft =>
  withShortReason({ ...draft, metadata: bounded(draft.metadata, limit), effect: draft.effect && bounded(draft.effect, limit) }, limit);

/** What stays readable of a text that is too long. Characters. */
const MAX_TEXT = 4_000;

/** A reason over the limit, in bytes, is its beginning; its length and hash stand in the metadata. */
export function withShortReason<Any extends Pick<CompleteDraft, 'reason' | 'metadata'>>(draft: Any, limit = MAX_VALUE_BYTES): Any {
  if (capped(draft.reason, limit) === draft.reason || draft.reason === null) return draft;
  const { bytes, sha256 } = shortened(draft.reason);
  return {
    ...draft,
    reason: draft.reason.slice(0, MAX_TEXT).toWellFormed(),
    metadata: { reason_shortened: { bytes, sha256 }, ...draft.metadata },
  };
}

function bounded(json: { readonly [key: string]: Json }, limit: number): { readonly [key: string]: Json } {
  const text = JSON.stringify(json);
  return text.length > limit ? { shortened: summary(text) } : json;
}
