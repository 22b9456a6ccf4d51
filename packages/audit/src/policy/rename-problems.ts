import { formerNames, type FormerName } from './former-names.ts';
import { isAudited, isTracked, type AuditPolicy, type NoAudit } from './policy.ts';
import type { Beyond } from './vocabulary.ts';

/** A former name must not be in use: nobody could tell which of the two an entry means. */
export function renameProblems(policies: ReadonlyMap<string, AuditPolicy | NoAudit>, { actions = [], retired = [] }: Beyond): string[] {
  const audited = [...policies].flatMap(([name, policy]) => (isAudited(policy) ? [[name, policy] as const] : []));
  const present = [
    ...audited.flatMap(([, policy]) => Object.entries(policy.actions.vocabulary)),
    ...actions.map((one) => [one.name, one] as const),
  ];
  return [
    ...taken(
      'the action',
      present.flatMap(([name, { formerly, label }]) => formerNames(formerly, name, label)),
      new Set(present.map(([name]) => name)),
    ),
    ...taken(
      'the entity',
      audited.flatMap(([name, { formerly, label }]) => formerNames(formerly, name, label)),
      new Set(policies.keys()),
    ),
    ...audited.flatMap(([entity, { fields }]) => {
      const tracked = Object.entries(fields).flatMap(([property, field]) =>
        isTracked(field) ? [{ ...field, name: field.name ?? property }] : [],
      );
      const former = tracked.flatMap(({ formerly, name, label }) => formerNames(formerly, name, label));
      return taken(`${entity}: the field`, former, new Set(tracked.map(({ name }) => name)));
    }),
    ...retired.flatMap(({ name }) =>
      policies.has(name) ? [`${name} is declared as retired, and is an entity of this application: remove one of the two`] : [],
    ),
  ];
}

function taken(what: string, former: readonly FormerName[], inUse: ReadonlySet<string>): string[] {
  const names = former.map(({ name }) => name);
  return former.flatMap(({ name, is }, at) => {
    if (inUse.has(name)) return [`${what} ${is} says that it was formerly ${name}, which is in use: take that name off its formerly`];
    return names.indexOf(name) === at
      ? []
      : [`${what} ${is} says that it was formerly ${name}, as another one does: only one of them can have been`];
  });
}
