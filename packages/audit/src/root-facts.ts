import type { Client } from 'pg';
import type { CompleteDraft, Draft } from './merge.ts';

/** What the events of a root say about whose it is. */
interface Facts {
  readonly label: string | null;
  readonly subject: string | null;
  readonly scopes: readonly string[];
}

/** Whether a draft says itself whose it is. */
export const isComplete = (draft: Draft): draft is CompleteDraft => draft.subject !== undefined && draft.scopes !== undefined;

/**
 * Completes drafts whose root was never loaded when they were made: label, subject and scopes come from the root's
 * latest event, in this batch or in the log. A root that the log doesn't know belongs to nobody.
 */
export async function completeDrafts(db: Client, drafts: readonly Draft[]): Promise<CompleteDraft[]> {
  const missing = drafts.filter((draft) => !isComplete(draft));
  if (!missing.length) return drafts as CompleteDraft[];
  const facts = await latestFacts(db, [...new Set(missing.map((draft) => draft.root?.id ?? ''))]);
  return drafts.map((draft) => {
    const key = `${draft.root?.type}:${draft.root?.id}`;
    if (isComplete(draft)) {
      facts.set(key, { label: draft.root?.label ?? null, subject: draft.subject, scopes: draft.scopes });
      return draft;
    }
    const known = facts.get(key) ?? { label: null, subject: null, scopes: [] };
    return {
      ...draft,
      root: draft.root && { ...draft.root, label: draft.root.label ?? known.label },
      subject: known.subject,
      scopes: known.scopes,
    };
  });
}

async function latestFacts(db: Client, rootIds: readonly string[]): Promise<Map<string, Facts>> {
  const { rows } = await db.query<{
    root_type: string;
    root_id: string;
    root_label: string | null;
    subject_id: string | null;
    scopes: string[];
  }>(
    `select e.root_type, e.root_id, e.root_label, e.subject_id, e.scopes from unnest($1::text[]) r(id),
      lateral (select * from audit_event where root_id = r.id order by position desc limit 1) e`,
    [rootIds],
  );
  return new Map(
    rows.map((row) => [`${row.root_type}:${row.root_id}`, { label: row.root_label, subject: row.subject_id, scopes: row.scopes }]),
  );
}
