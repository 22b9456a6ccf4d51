import { AuditLogError } from './errors.ts';
import type { ActionRule, AuditPolicy, Happening } from './policy.ts';
import type { Json } from '@countersign/proof/canonical';

/** The properties of one target that are recorded under one action. */
export interface Meaning {
  readonly action: string;
  readonly properties: readonly string[];
  readonly metadata: { readonly [key: string]: Json };
}

/**
 * What a change means: each rule that holds takes the properties that it claims, the entity's general action takes
 * the rest. Every changed property is under exactly one action; a creation or deletion without any is still told.
 * @throws AuditLogError where an action needs a reason and there is none, or a rule names an unknown action.
 */
export function meaningsOf(type: string, id: string, policy: AuditPolicy, happening: Happening): Meaning[] {
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
  for (const meaning of meanings) demandReason(type, id, policy, meaning, happening);
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

function demandReason(type: string, id: string, policy: AuditPolicy, meaning: Meaning, happening: Happening): void {
  const action = policy.actions.vocabulary[meaning.action];
  if (!action) throw new AuditLogError(`${type}: the action ${meaning.action} is not in the entity's vocabulary: add it there with its label`, { type, id });
  if (action.needsReason && !happening.reason?.trim()) {
    throw new AuditLogError(`${meaning.action} of ${type} ${id} needs a reason: set one with withContext({ reason }) before the flush`, { type, id });
  }
}
