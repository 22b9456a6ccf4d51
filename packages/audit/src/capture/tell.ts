import type { Difference } from '../values/diff.ts';
import type { Actor, Context, Operation } from '../events/entry.ts';
import { AuditLogError } from '../events/errors.ts';
import { MAX_KEY, MAX_LABEL, type ToldChange, type ToldEvent } from './inbox.ts';
import { keptKey, keptUnits } from './kept-key.ts';
import type { AuditPolicy, Happening, Row } from '../policy/policy.ts';
import type { EntityPlan, FieldPlan } from '../policy/plan.ts';
import { meaningsOf, type Meaning } from '../policy/rules.ts';
import { capped } from '../values/values.ts';

/** The changed fields of one record, by property. */
export type Differences = ReadonlyMap<string, { readonly field: FieldPlan; readonly list: readonly Difference[] }>;

/** What happened to one record, before it is split by meaning: as a flush tells it, or as the database saw it. */
export interface Happened {
  readonly plan: EntityPlan;
  readonly id: string;
  readonly operation: Operation;
  readonly before: Row | null;
  /** As it stands after the change, or as it stood before it was deleted. */
  readonly row: Row;
  readonly differences: Differences;
  /** The row of the record under whose page this one stands; null where nobody has it at hand. */
  readonly root: Row | null;
  /** Whether something that the policy goes by is not at hand: whose the record is, its earlier events know. */
  readonly partial?: boolean;
}

/** Which record it is, whose, and under whose page it stands. */
export type RecordFacts = Pick<ToldEvent, 'type' | 'id' | 'label' | 'root' | 'subject' | 'scopes' | 'day'>;

/** The events of what happened to one record: one for each meaning that the entity's rules find in it. Pure. */
export function tell(happened: Happened, context: Context, facts: RecordFacts = factsOf(happened)): ToldEvent[] {
  const { plan, operation, differences } = happened;
  const happening: Happening = {
    operation,
    row: happened.row,
    before: happened.before,
    changed: new Set(differences.keys()),
    actor: actorOf(context),
    command: context.command,
    reason: context.reason,
  };
  return meaningsOf({ type: plan.type, id: happened.id }, plan.policy, happening).map((meaning) => {
    const effect = plan.policy.effect?.({ ...happening, changed: new Set(meaning.properties) }, happened.root);
    return {
      ...facts,
      area: plan.policy.area,
      action: meaning.action,
      op: operation,
      changes: meaning.properties.flatMap((property) => toldChanges(differences.get(property))),
      ...metaOf(meaning, context),
      ...(effect && { effect }),
    };
  });
}

/** What is said beside the changes: of its own, what it undoes, and by which token. */
function metaOf({ metadata }: Meaning, { undoes, token }: Context): Pick<ToldEvent, 'meta'> {
  const meta = { ...metadata, ...(undoes && { undoes }), ...(token && { token }) };
  return Object.keys(meta).length ? { meta } : {};
}

const actorOf = (context: Context): Actor => context.actor ?? { kind: 'system', id: context.command };

function toldChanges(difference: { readonly field: FieldPlan; readonly list: readonly Difference[] } | undefined): ToldChange[] {
  if (!difference) return [];
  const sensitive = difference.field.tracked?.sensitive;
  return difference.list.map((one) => ({ f: one.field, o: capped(one.old), n: capped(one.new), ...(sensitive && { s: 1 as const }) }));
}

/** What the row itself says of which record it is and whose; of a part whose root is not at hand, no more than the root's key. */
export function factsOf({ plan, id, row, root, partial }: Happened): RecordFacts {
  if (partial) return { type: plan.type, id: keptKey(id), label: null };
  const day = plan.policy.workDate?.(row) ?? null;
  const own = { type: plan.type, id: keptKey(id), label: labelOf(plan, row), day };
  if (!plan.policy.root || !plan.root) return { ...own, ...ownership(plan.policy, row) };
  const rootId = keptKey(String(row[plan.policy.root]));
  if (!root) return { ...own, root: { type: plan.root.type, id: rootId } };
  return { ...own, root: { type: plan.root.type, id: rootId, label: labelOf(plan.root, root) }, ...ownership(plan.root.policy, root) };
}

const labelOf = (plan: EntityPlan, row: Row): string => plan.policy.title(row).slice(0, MAX_LABEL).toWellFormed();

function ownership(policy: AuditPolicy, row: Row) {
  const subject = policy.subject?.(row) ?? null;
  return { subject: subject === null ? null : keptKey(subject), scopes: keptUnits(policy.scopes?.(row) ?? []) };
}

/**
 * What an entity demands of whoever changes it: a person, a reason; and the log, a key by which the record is found again.
 * @throws AuditLogError that says what is missing; nothing is saved then.
 */
export function demand({ plan, id }: Pick<Happened, 'plan' | 'id'>, events: readonly ToldEvent[], context: Context): void {
  const record = { type: plan.type, id: keptKey(id) };
  if (id.length > MAX_KEY) {
    throw new AuditLogError(
      `${plan.type}: a key of ${id.length} characters cannot be recorded, ${MAX_KEY} can: audit an entity with a shorter key`,
      record,
    );
  }
  if (plan.policy.needsPerson && context.actor?.kind !== 'user') {
    throw new AuditLogError(
      `${plan.type} ${id}: only a signed-in person may change it: run the work in withContext({ actor: user(id) })`,
      record,
    );
  }
  for (const { action } of events) {
    if (!plan.policy.actions.vocabulary[action]?.needsReason || context.reason?.trim()) continue;
    throw new AuditLogError(
      `${action} of ${plan.type} ${id} needs a reason: set one with withContext({ reason }) before the flush`,
      record,
    );
  }
}
