import type { Client } from 'pg';
import type { Target } from './entry.ts';
import type { CompleteDraft, Draft } from './merge.ts';

/** What the events of a record say about whose it is. */
interface Facts {
  readonly label: string | null;
  readonly root: Target | null;
  readonly subject: string | null;
  readonly scopes: readonly string[];
}

const UNKNOWN: Facts = { label: null, root: null, subject: null, scopes: [] };

/** Whether a draft says itself whose it is. */
export const isComplete = (draft: Draft): draft is CompleteDraft =>
  draft.subject !== undefined && draft.scopes !== undefined && draft.root !== undefined;

const keyOf = (record: Target | null | undefined) => `${record?.type}:${record?.id}`;

/**
 * Completes drafts whose root, or who themselves, were never at hand when they were made: what is missing comes from
 * the latest event of the root, or of the record, in this batch or in the log. What the log doesn't know belongs to nobody.
 */
export async function completeDrafts(db: Client, drafts: readonly Draft[]): Promise<CompleteDraft[]> {
  const missing = drafts.filter((draft) => !isComplete(draft));
  if (!missing.length) return drafts as CompleteDraft[];
  const ofRoots = await latestFacts(
    db,
    'root',
    missing.map((draft) => draft.root),
  );
  const ofTargets = await latestFacts(
    db,
    'target',
    missing.map((draft) => (draft.root === undefined ? draft.target : null)),
  );
  return drafts.map((draft) => {
    const complete = isComplete(draft) ? draft : completed(draft, ofRoots, ofTargets);
    const { subject, scopes } = complete;
    ofRoots.set(keyOf(complete.root), { label: complete.root?.label ?? null, root: complete.root, subject, scopes });
    ofTargets.set(keyOf(complete.target), { label: complete.target?.label ?? null, root: complete.root, subject, scopes });
    return complete;
  });
}

function completed(draft: Draft, ofRoots: ReadonlyMap<string, Facts>, ofTargets: ReadonlyMap<string, Facts>): CompleteDraft {
  if (draft.root === undefined) {
    const { label, root, subject, scopes } = ofTargets.get(keyOf(draft.target)) ?? UNKNOWN;
    return { ...draft, target: draft.target && { ...draft.target, label }, root: root ?? draft.target, subject, scopes };
  }
  const known = ofRoots.get(keyOf(draft.root)) ?? UNKNOWN;
  const root = draft.root && { ...draft.root, label: draft.root.label ?? known.label };
  return { ...draft, root, subject: known.subject, scopes: known.scopes };
}

/** Records of different types may share an id. */
async function latestFacts(
  db: Client,
  of: 'root' | 'target',
  records: readonly (Target | null | undefined)[],
): Promise<Map<string, Facts>> {
  const wanted = [...new Map(records.flatMap((record) => (record ? [[keyOf(record), record] as const] : []))).values()];
  if (!wanted.length) return new Map();
  const { rows } = await db.query<{
    type: string;
    id: string;
    label: string | null;
    root_type: string | null;
    root_id: string | null;
    root_label: string | null;
    subject_id: string | null;
    scopes: string[];
  }>(
    `select e.${of}_type as type, e.${of}_id as id, e.${of}_label as label, e.root_type, e.root_id, e.root_label, e.subject_id, e.scopes
      from unnest($1::text[], $2::text[]) r(type, id),
      lateral (select * from audit_event where ${of}_id = r.id and ${of}_type = r.type order by position desc limit 1) e`,
    [wanted.map(({ type }) => type), wanted.map(({ id }) => id)],
  );
  return new Map(
    rows.map(({ type, id, label, root_type, root_id, root_label, subject_id, scopes }) => [
      `${type}:${id}`,
      {
        label,
        root: root_type === null || root_id === null ? null : { type: root_type, id: root_id, label: root_label },
        subject: subject_id,
        scopes,
      },
    ]),
  );
}
