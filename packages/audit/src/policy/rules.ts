import type { Target } from '../events/entry.ts';
import { AuditLogError } from '../events/errors.ts';
import type { ActionRule, AuditPolicy, Happening } from './policy.ts';
import type { Json } from '@countersign/proof/canonical';

/** Which record it is about, for messages. */
type RecordKey = Pick<Target, 'type' | 'id'>;

/** The properties of one target that are recorded under one action. */
export interface Meaning {
  readonly action: string;
  readonly properties: readonly string[];
  readonly metadata: { readonly [key: string]: Json };
}

/**
 * What a change means: each rule that holds takes the properties that it claims, the entity's general action takes
 * the rest. Every changed property is under exactly one action; a creation or deletion without any is still told.
 * @throws AuditLogError where a rule names an unknown action.
 */
export function meaningsOf(record: RecordKey, policy: AuditPolicy, happening: Happening): Meaning[] {
  const unclaimed = new Set(happening.changed);
  const meanings: Meaning[] = [];
  for (const rule of policy.actions.rules ?? []) {
    const properties = rule.claims.filter((property) => unclaimed.has(property));
    if (!properties.length || !rule.when(happening)) continue;
    for (const property of properties) unclaimed.delete(property);
    meanings.push({ action: rule.action, properties, metadata: metadataOf(rule, happening) });
  }
  if (unclaimed.size || !meanings.length) {
    const { general } = policy.actions;
    meanings.push({ action: typeof general === 'function' ? general(happening) : general, properties: [...unclaimed], metadata: {} });
  }
  for (const { action } of meanings) requireKnown(record, policy, action);
  return meanings;
}

/** AUD-7: a step of a state carries where from, where to, why and who. */
function metadataOf(rule: ActionRule<string, string>, happening: Happening): { readonly [key: string]: Json } {
  const own = rule.metadata?.(happening) ?? {};
  if (rule.state === undefined) return own;
  return {
    previous_value: happening.before?.[rule.state] ?? null,
    new_value: happening.operation === 'delete' ? null : (happening.row[rule.state] ?? null),
    reason: happening.reason,
    changed_by_user_id: happening.actor.kind === 'user' ? happening.actor.id : null,
    ...own,
  };
}

function requireKnown(record: RecordKey, policy: AuditPolicy, action: string): void {
  if (policy.actions.vocabulary[action]) return;
  throw new AuditLogError(`${record.type}: the action ${action} is not in the entity's vocabulary: add it there with its label`, record);
}
