import { ReferenceKind, type EntityMetadata, type EntityProperty, type MetadataStorage } from '@mikro-orm/core';
import { isSpelled } from '../values/column-text.ts';
import { PolicyError } from '../events/errors.ts';
import type { ManualAction } from './manual-action.ts';
import { entityName, policyProblems } from './policy-problems.ts';
import type { Column, EntityPlan, FieldPlan, PivotPlan, Table } from './plan.ts';
import { isAudited, isTracked, type AuditPolicy, type Declared } from './policy.ts';
import { textOf } from '../values/values.ts';
import { isOnlyMembers } from './unrecordable.ts';
import { vocabularyOf, type Beyond, type Vocabulary } from './vocabulary.ts';

/** The compiled declarations. */
export interface Registry {
  planOf(meta: EntityMetadata): EntityPlan | undefined;
  /** By the entity's name. */
  readonly plans: ReadonlyMap<string, EntityPlan>;
  /** What is no change of a record, by name. */
  readonly actions: ReadonlyMap<string, ManualAction>;
  readonly vocabulary: Vocabulary;
}

/**
 * Compiles the declarations against the ORM's entities.
 * @throws PolicyError naming every entity without a declaration, every property without a class, and every declaration without an entity.
 */
export function compileRegistry(declared: readonly Declared[], metadata: MetadataStorage, beyond: Beyond = {}): Registry {
  const policies = new Map(declared.map(({ entity, policy }) => [entityName(entity), policy]));
  const metas = [...metadata.getAll().values()].filter((meta) => !meta.embeddable && !isOnlyMembers(meta) && !meta.abstract);
  const actions = beyond.actions ?? [];
  const problems = policyProblems(declared, { metas, metadata, beyond });
  if (problems.length) throw new PolicyError(problems);

  const plans = new Map<string, EntityPlan>();
  const planFor = (meta: EntityMetadata): EntityPlan | undefined => {
    const policy = policies.get(meta.className);
    if (!policy || !isAudited(policy)) return undefined;
    const known = plans.get(meta.className);
    if (known) return known;
    const target = policy.root === undefined ? undefined : property(meta, policy.root)?.targetMeta;
    const fields = fieldPlans(meta, policy);
    const plan: EntityPlan = {
      type: meta.className,
      policy,
      fields,
      carried: carriedBy(meta, policy),
      table: tableOf(meta),
      key: meta.primaryKeys.flatMap((name) => property(meta, name)?.fieldNames ?? []),
      pivots: pivotPlans(meta, fields, metadata),
      root: target ? (planFor(target) ?? null) : null,
      meta,
    };
    plans.set(meta.className, plan);
    return plan;
  };
  for (const meta of metas) planFor(meta);
  return {
    planOf: (meta) => plans.get(meta.className),
    plans,
    actions: new Map(actions.map((action) => [action.name, action])),
    vocabulary: vocabularyOf([...plans.values()], beyond),
  };
}

function carriedBy(meta: EntityMetadata, policy: AuditPolicy): ReadonlySet<string> {
  const claimed = (policy.actions.rules ?? []).flatMap(({ claims, state }) => [...claims, ...(state === undefined ? [] : [state])]);
  return new Set([...meta.primaryKeys, ...(policy.root === undefined ? [] : [policy.root]), ...claimed, ...(policy.carries ?? [])]);
}

const tableOf = (meta: EntityMetadata): Table => ({ schema: meta.schema ?? null, name: meta.tableName });

function pivotPlans(meta: EntityMetadata, fields: ReadonlyMap<string, FieldPlan>, metadata: MetadataStorage): PivotPlan[] {
  return meta.props.flatMap((prop) => {
    const field = fields.get(prop.name);
    if (prop.kind !== ReferenceKind.MANY_TO_MANY || !prop.owner || !field?.tracked) return [];
    const pivot = metadata.find(prop.pivotEntity);
    const table = pivot ? tableOf(pivot) : { schema: null, name: prop.pivotTable };
    return [{ table, field, owner: prop.joinColumns, member: prop.inverseJoinColumns }];
  });
}

const property = (meta: EntityMetadata, name: string): EntityProperty | undefined =>
  (meta.properties as Record<string, EntityProperty>)[name];

function fieldPlans(meta: EntityMetadata, policy: AuditPolicy): Map<string, FieldPlan> {
  const plans = new Map<string, FieldPlan>();
  for (const prop of meta.props) {
    const owner = prop.embedded ? ownerOf(meta, prop) : prop;
    if (prop.embedded && owner.object) continue; // told by the whole object's value
    const field = policy.fields[owner.name];
    const tracked = field && isTracked(field) ? field : null;
    const base = tracked?.name ?? owner.fieldNames?.[0] ?? owner.name;
    const name = prop.embedded ? `${base}.${embeddedPath(meta, prop)}` : base;
    plans.set(prop.name, {
      property: prop.name,
      name,
      tracked,
      form: formOf(prop),
      toText: textOf(prop.columnTypes),
      storedText: textOf(prop.columnTypes, true),
      spelled: isSpelledBefore(prop),
      columns: columnsOf(prop),
    });
  }
  return plans;
}

/** SQL of its own in a property's type may make anything of a value. */
const isSpelledBefore = (prop: EntityProperty): boolean =>
  (prop.columnTypes ?? []).every(isSpelled) && (formOf(prop) === 'json' || !prop.hasConvertToDatabaseValueSQL);

/** The columns of this table that hold a property: those of an inline embeddable's parts are the parts' own. */
export function columnsOf(prop: EntityProperty): Column[] {
  const elsewhere = [ReferenceKind.ONE_TO_MANY, ReferenceKind.MANY_TO_MANY].includes(prop.kind);
  const inverse = prop.kind === ReferenceKind.ONE_TO_ONE && !prop.owner;
  const inParts = prop.kind === ReferenceKind.EMBEDDED && !prop.object;
  if (elsewhere || inverse || inParts || prop.persist === false || prop.formula) return [];
  return (prop.fieldNames ?? []).map((name, i) => ({ name, type: prop.columnTypes?.[i] ?? 'text' }));
}

function ownerOf(meta: EntityMetadata, prop: EntityProperty): EntityProperty {
  const parent = prop.embedded ? property(meta, prop.embedded[0]) : undefined;
  return parent ? ownerOf(meta, parent) : prop;
}

function embeddedPath(meta: EntityMetadata, prop: EntityProperty): string {
  const [parentName, own] = prop.embedded as unknown as [string, string];
  const parent = property(meta, parentName);
  return parent?.embedded ? `${embeddedPath(meta, parent)}.${own}` : own;
}

function formOf(prop: EntityProperty): FieldPlan['form'] {
  if (prop.kind === ReferenceKind.MANY_TO_MANY) return 'members';
  if (prop.kind === ReferenceKind.EMBEDDED) return 'embedded';
  return prop.type === 'JsonType' || prop.columnTypes?.[0] === 'jsonb' || prop.columnTypes?.[0] === 'json' ? 'json' : 'text';
}
