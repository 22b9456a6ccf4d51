import { ReferenceKind, type EntityMetadata, type EntityProperty, type MetadataStorage } from '@mikro-orm/core';
import { keyProblems } from './key-spelling.ts';
import { isTracked, type AuditPolicy } from './policy.ts';

// What MikroORM offers and the record can't follow. Better no start than changes that look recorded and aren't.

/** In sentences, the properties of an entity whose changes would not be recorded as theirs, though its policy says so. */
export const unrecordable = (meta: EntityMetadata, policy: AuditPolicy, metadata: MetadataStorage): string[] => [
  ...keyProblems(meta, policy),
  ...meta.props.flatMap((prop) => unrecordableProperty({ meta, prop, pivot: metadata.find(prop.pivotEntity) }, policy)),
];

/** Behind a collection, the table that says who its members are, and nothing else: what has columns of its own is an entity. */
export const isOnlyMembers = ({ pivotTable, props }: EntityMetadata): boolean =>
  !!pivotTable && props.every(({ kind, primary, persist }) => kind === ReferenceKind.MANY_TO_ONE || primary || persist === false);

interface Asked {
  readonly meta: EntityMetadata;
  readonly prop: EntityProperty;
  readonly pivot: EntityMetadata | undefined;
}

/** Table-per-type: one record is a row in each of several tables, of which triggers see each by itself. */
export function severalTables({ className, root, tptParent }: EntityMetadata): string[] {
  if (root.inheritanceType !== 'tpt' && !tptParent) return [];
  return [
    `${className} is inherited table by table, so that one record is a row of several tables, which would be recorded as several records: keep ${root.className} and its kinds in one table (a discriminator in place of inheritance: 'tpt'), make them entities of their own, or say unaudited(…, 'reason')`,
  ];
}

function unrecordableProperty({ meta: { className }, prop, pivot }: Asked, policy: AuditPolicy): string[] {
  const field = policy.fields[prop.name];
  const isRecorded = (field && isTracked(field)) || policy.root === prop.name || policy.carries?.includes(prop.name);
  if (!isRecorded) return [];
  if (prop.polymorphic)
    return [
      `${className}.${prop.name} refers to records of several kinds, of which a key alone doesn't say which one it is: give each kind a reference of its own, or say never('reason')`,
    ];
  if (pivot && prop.owner && !isOnlyMembers(pivot))
    return [
      `${className}.${prop.name} is kept by ${pivot.className}, which has properties of its own: say never('recorded there') and audited(${pivot.className}, …)`,
    ];
  const kept = keptElsewhere(prop);
  return kept === null ? [] : [`${className}.${prop.name} is kept ${kept}`];
}

/** What is no column of its own table, nor a collection that it owns: its change is a change of something else. */
function keptElsewhere(prop: EntityProperty): string | null {
  const byOther = `by ${prop.type}.${prop.mappedBy}, and recorded with that: say never('recorded there')`;
  if (prop.kind === ReferenceKind.ONE_TO_MANY) return byOther;
  if (!prop.owner && (prop.kind === ReferenceKind.MANY_TO_MANY || prop.kind === ReferenceKind.ONE_TO_ONE)) return byOther;
  if (prop.persist === false || prop.formula) return `nowhere, but worked out from what is: say never('worked out')`;
  return null;
}
