import { AUDIT_AREA, COVERAGE_ENDED, COVERAGE_REPAIRED, TAMPERING, UNCLASSIFIED, UNREADABLE } from '../events/entry.ts';
import { formerNames } from './former-names.ts';
import { isAudited, type AuditPolicy, type NoAudit } from './policy.ts';
import type { Beyond } from './vocabulary.ts';

/** What the log says of itself: whoever else said it could not be told from it. */
export const OWN_ACTIONS: readonly string[] = [UNREADABLE, TAMPERING, UNCLASSIFIED, COVERAGE_REPAIRED, COVERAGE_ENDED];
/** What those are about. */
export const AUDITED_TABLE = 'AuditedTable';

/** In sentences, declarations that take a name of the log's own. Its area is open to what is told by hand, such as a look at the log. */
export function reservedProblems(policies: ReadonlyMap<string, AuditPolicy | NoAudit>, { actions = [], retired = [] }: Beyond): string[] {
  const audited = [...policies].flatMap(([name, policy]) => (isAudited(policy) ? [[name, policy] as const] : []));
  const ofEntities = audited.flatMap(([, policy]) => Object.entries({ ...policy.actions.vocabulary, ...policy.retired?.actions }));
  const ofRetired = retired.flatMap((entity) => Object.entries(entity.actions));
  const declared = [...ofEntities, ...ofRetired, ...actions.map((one) => [one.name, one] as const)];
  const names = declared.flatMap(([name, { formerly, label }]) => [name, ...formerNames(formerly, name, label).map((one) => one.name)]);
  const types = [
    ...audited.flatMap(([name, { formerly, label }]) => [name, ...formerNames(formerly, name, label).map((one) => one.name)]),
    ...retired.map(({ name }) => name),
  ];
  const areas = [...audited.map(([name, { area }]) => [name, area] as const), ...retired.map(({ name, area }) => [name, area] as const)];
  return [
    ...names.filter((name) => OWN_ACTIONS.includes(name)).map((name) => `${name} is an action of the log's own: give yours another name`),
    ...types
      .filter((name) => name === AUDITED_TABLE)
      .map((name) => `${name} is what the log calls a table of its own: give your entity another name`),
    ...areas
      .filter(([, area]) => area === AUDIT_AREA)
      .map(([name]) => `${name}: the area ${AUDIT_AREA} is the log's own: give its changes another one`),
  ];
}
