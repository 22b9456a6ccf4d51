import { Utils, type EntityMetadata, type EntityName, type EntityProperty, type MetadataStorage } from '@mikro-orm/core';
import type { ManualAction } from './manual-action.ts';
import { isAudited, isTracked, type AuditPolicy, type Declared, type EntityRef, type NoAudit } from './policy.ts';
import { renameProblems } from './rename-problems.ts';
import { reservedProblems } from './reserved-names.ts';
import { severalTables, unrecordable } from './unrecordable.ts';
import type { Beyond } from './vocabulary.ts';

// What is wrong with declarations, each in a sentence that says what to do.

/** An entity's name, however it is referred to. */
export const entityName = (entity: EntityRef): string => Utils.className(entity as EntityName<object>);

/** What the declarations are held against. */
interface Against {
  readonly metas: readonly EntityMetadata[];
  readonly metadata: MetadataStorage;
  readonly beyond: Beyond;
}

/** Every entity without a declaration, every property without a class, every declaration without an entity, and what contradicts itself. */
export function policyProblems(declared: readonly Declared[], { metas, metadata, beyond }: Against): string[] {
  const policies = new Map(declared.map(({ entity, policy }) => [entityName(entity), policy]));
  return [
    ...doubledPolicies(declared),
    ...findProblems(policies, metas, metadata),
    ...actionProblems(policies, beyond.actions ?? []),
    ...renameProblems(policies, beyond),
    ...reservedProblems(policies, beyond),
  ];
}

/** The properties that an entity's file declares: the parts of embeddables belong to the embedded property. */
const ownProperties = (meta: EntityMetadata): EntityProperty[] => meta.props.filter((prop) => !prop.embedded && !isOrmsOwn(prop));

/** The other side of a collection that has no other side, which MikroORM makes for itself. */
const isOrmsOwn = ({ name, mappedBy, targetMeta, hydrate }: EntityProperty): boolean =>
  hydrate === false && name === `${targetMeta?.className}_${mappedBy}__inverse`;

function findProblems(
  policies: ReadonlyMap<string, AuditPolicy | NoAudit>,
  metas: readonly EntityMetadata[],
  metadata: MetadataStorage,
): string[] {
  const known = new Set(metas.map((meta) => meta.className));
  const strangers = [...policies.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `${name} has a policy but is no entity of this application: add it to the ORM's entities or remove the policy`);
  return [...strangers, ...metas.flatMap((meta) => problemsOf(meta, policies, metadata))];
}

function doubledPolicies(declared: readonly Declared[]): string[] {
  const names = declared.map(({ entity }) => entityName(entity));
  const doubled = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...doubled].map((name) => `${name} is declared twice: keep one of its policies, since only one could hold`);
}

/** An action means one thing: the change of an entity that names it, or what is told by hand. */
function actionProblems(policies: ReadonlyMap<string, AuditPolicy | NoAudit>, actions: readonly ManualAction[]): string[] {
  const ofChanges = new Map(
    [...policies].flatMap(([entity, policy]) =>
      isAudited(policy) ? Object.keys(policy.actions.vocabulary).map((action) => [action, entity] as const) : [],
    ),
  );
  const names = actions.map(({ name }) => name);
  const doubled = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [
    ...names.flatMap((name) =>
      ofChanges.has(name)
        ? [`${name} is an action of ${ofChanges.get(name)}'s changes already: give the manual one a name of its own`]
        : [],
    ),
    ...[...doubled].map((name) => `${name} is declared twice as a manual action: give one of them another name`),
  ];
}

function problemsOf(meta: EntityMetadata, policies: ReadonlyMap<string, AuditPolicy | NoAudit>, metadata: MetadataStorage): string[] {
  const name = meta.className;
  const policy = policies.get(name);
  if (!policy) return [`${name} declares neither a policy nor why it has none: add audited(…) or unaudited(…, 'reason') beside the entity`];
  if (!isAudited(policy)) return policy.unaudited.trim() ? [] : [`${name} is unaudited without a reason: give one`];
  if (!meta.primaryKeys.length)
    return [`${name} has no primary key, by which a record could be found again: give it one, or say unaudited(…, 'reason')`];
  const apart = severalTables(meta);
  if (apart.length) return apart;
  const names = new Set(ownProperties(meta).map((prop) => prop.name));
  const unclassified = [...names]
    .filter((prop) => !policy.fields[prop])
    .map((prop) => `${name}.${prop} is not classified: track it, or say never('reason')`);
  const unknown = Object.keys(policy.fields)
    .filter((prop) => !names.has(prop))
    .map((prop) => `${name}.${prop} is classified but is no property of the entity: remove it or declare its rename`);
  return [
    ...unclassified,
    ...unknown,
    ...unrecordable(meta, policy, metadata),
    ...ruleProblems(name, policy, names),
    ...rootProblems(meta, policy, policies),
    ...secretProblems(name, policy),
  ];
}

/** What a policy goes by must be there, and what a rule claims must be recorded. */
function ruleProblems(name: string, policy: AuditPolicy, properties: ReadonlySet<string>): string[] {
  const stranger = (by: string, prop: string) =>
    properties.has(prop) ? [] : [`${name}: ${by} ${prop}, which is no property of the entity: name one of ${[...properties].join(', ')}`];
  const carried = (policy.carries ?? []).flatMap((prop) => stranger('carries names', prop));
  const ofRules = (policy.actions.rules ?? []).flatMap(({ action, claims, state }) => [
    ...(state === undefined ? [] : stranger(`the state of the rule for ${action} is`, state)),
    ...claims.flatMap((prop) => {
      const unknown = stranger(`the rule for ${action} claims`, prop);
      const field = policy.fields[prop];
      if (unknown.length || !field || isTracked(field)) return unknown;
      return [`${name}: the rule for ${action} claims ${prop}, which is not tracked: track it, or take it out of the rule`];
    }),
    ...(policy.actions.vocabulary[action]
      ? []
      : [`${name}: the rule for ${action} has an action that the entity's vocabulary doesn't hold: add it there with its label`]),
  ]);
  return [...carried, ...ofRules];
}

function rootProblems(meta: EntityMetadata, policy: AuditPolicy, policies: ReadonlyMap<string, AuditPolicy | NoAudit>): string[] {
  if (policy.root === undefined) return [];
  const target = (meta.properties as Record<string, EntityProperty>)[policy.root]?.targetMeta;
  if (!target) return [`${meta.className}: its root ${policy.root} is no reference to an entity`];
  const rootPolicy = policies.get(target.className);
  return rootPolicy && isAudited(rootPolicy) ? [] : [`${meta.className}: its root ${target.className} is not audited`];
}

function secretProblems(name: string, policy: AuditPolicy): string[] {
  const sensitive = Object.entries(policy.fields).filter(([, field]) => isTracked(field) && field.sensitive);
  if (!sensitive.length || policy.subject || policy.root !== undefined) return [];
  return [`${name}.${sensitive[0]?.[0]} is sensitive, but the policy names no subject under whose key it could be kept`];
}
