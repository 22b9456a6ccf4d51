import type { Client } from 'pg';
import { differingOwners, isSameRecord } from '../merge/alleged.ts';
import type { As, Doubt } from '../merge/doubt.ts';
import type { CompleteDraft } from '../merge/draft.ts';
import { namesOfType } from '../merge/present-names.ts';
import type { Plans } from '../triggers/sight.ts';

/** Doubts of one batch that are looked into: whoever raises more tells what never was. */
const MAX_LOOKED_INTO = 100;

/**
 * Of what is doubted, in sentences what never was so. What a flush loaded another transaction may have changed before it
 * saved: the record was what the flush says, as earlier events show, and nobody is wrong.
 */
export async function neverSo(
  { db, plans }: { readonly db: Client; readonly plans: Plans },
  doubts: readonly Doubt[],
  drafts: readonly CompleteDraft[],
): Promise<string[]> {
  // Parts of one root say the same of it, however many they are.
  const alike = Map.groupBy(doubts, ({ as, record, said }) => JSON.stringify([as, record.type, record.id, said]));
  const groups = [...alike.values()];
  const first = groups.slice(0, MAX_LOOKED_INTO).flatMap(([one]) => one ?? []);
  const open = first.filter((doubt) => !drafts.some((draft) => isSo(doubt, draft)));
  const were = new Set([
    ...(await wereSo(db, 'root', open, plans)),
    ...(await wereSo(db, 'target', open, plans)),
    ...(await areGone(db, open, plans)),
  ]);
  const isExplained = new Set(first.filter((doubt) => !open.includes(doubt) || were.has(doubt)));
  const never = groups.filter(([one]) => one && !isExplained.has(one)).flat();
  return [...new Set(never.map(({ sentence }) => sentence))];
}

/** Whether an event of the same batch shows it. */
function isSo({ as, record, said }: Doubt, draft: CompleteDraft): boolean {
  if (as === 'gone') return draft.operation === 'delete' && isSameRecord(draft.target, record);
  return (
    draft.operation !== 'none' &&
    isSameRecord(draft[as], record) &&
    !differingOwners(said, draft).length &&
    (!said.root || isSameRecord(said.root, draft.root)) &&
    (as === 'root' || ((said.label ?? null) === (draft.target?.label ?? null) && (said.day === undefined || said.day === draft.workDate)))
  );
}

/** Those whose record somebody else has removed, as the log knows: what a flush changed of it changed nothing. */
async function areGone(db: Client, doubts: readonly Doubt[], plans: Plans): Promise<Doubt[]> {
  const asked = doubts.flatMap(({ as, record: { type, id } }, at) => (as === 'gone' ? [{ at, types: namesOfType(type, plans), id }] : []));
  if (!asked.length) return [];
  const { rows } = await db.query<{ at: number }>(
    `select r.at from jsonb_to_recordset($1) r(at int, types jsonb, id text)
      where 'delete' = (select e.operation from audit_event e where e.target_id = r.id and r.types ? e.target_type
        and e.operation in ('create', 'delete') order by e.position desc limit 1)`,
    [JSON.stringify(asked)],
  );
  return rows.flatMap(({ at }) => doubts[at] ?? []);
}

/** Those that an event of the log shows. What changed an audited record alone counts: what is told of it by hand may say what it likes. */
async function wereSo(db: Client, as: As, doubts: readonly Doubt[], plans: Plans): Promise<Doubt[]> {
  const asked = doubts.flatMap((doubt, at) => (doubt.as === as ? [askedOf(doubt, at, plans)] : []));
  if (!asked.length) return [];
  const ofTarget =
    'and e.target_label is not distinct from r.label and (r.day is null or e.work_date::text is not distinct from r.day->>0)';
  const { rows } = await db.query<{ at: number }>(
    `select r.at from jsonb_to_recordset($1) r(at int, types jsonb, id text, label text, day jsonb, roots jsonb, root text, subject jsonb, scopes jsonb)
      where exists (select from audit_event e where e.${as}_id = r.id and r.types ? e.${as}_type and operation <> 'none'
        and (r.root is null or (e.root_id = r.root and r.roots ? e.root_type))
        and (r.subject is null or e.subject_id is not distinct from r.subject->>0)
        and (r.scopes is null or to_jsonb(e.scopes) = r.scopes) ${as === 'target' ? ofTarget : ''})`,
    [JSON.stringify(asked)],
  );
  return rows.flatMap(({ at }) => doubts[at] ?? []);
}

/** What isn't said is left out; what is said to be nothing is a list of null. */
const askedOf = ({ record, said: { label, day, root, subject, scopes } }: Doubt, at: number, plans: Plans) => ({
  at,
  types: namesOfType(record.type, plans),
  id: record.id,
  label: label ?? null,
  ...(day !== undefined && { day: [day] }),
  ...(root && { root: root.id, roots: namesOfType(root.type, plans) }),
  ...(subject !== undefined && { subject: [subject] }),
  ...(scopes && { scopes }),
});
