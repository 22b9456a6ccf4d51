import type { AuditedTable } from './audited-tables.ts';
import type { Relation } from './relation.ts';

/**
 * In sentences, why the triggers of a table could not record what the policies say; empty where they can. Found before
 * triggers are made, and at every start.
 */
export function misfits(table: AuditedTable, relation: Relation | undefined): string[] {
  const who = table.entities.join(', ');
  if (!relation) return [`${who}: the table ${table.table} isn't there: run the migrations that make it`];
  if (relation.related)
    return [
      `${who}: ${table.table} is partitioned, a partition, or part of an inheritance, and what is written by way of the one passes the triggers of the other: audit a table that stands alone, or declare the entity unaudited`,
    ];
  if (!relation.ordinary)
    return [
      `${who}: ${table.table} is no ordinary table (it is a view, a foreign, a temporary or an unlogged one), and its triggers would not see everything: audit a table that is one, or declare the entity unaudited`,
    ];
  if (relation.subscribed)
    return [
      `${who}: ${table.table} is filled by a logical replication (a subscription), which fires no trigger that sees whole statements: take it out of the publication, or declare the entity unaudited`,
    ];
  return [...keyMisfits(table, relation, who), ...columnMisfits(table, relation, who)];
}

function keyMisfits({ table, key }: AuditedTable, { keys, columns }: Relation, who: string): string[] {
  if (!key.length) return [];
  const unique = keys.some((names) => names.every((name) => key.includes(name)));
  const nullable = columns.some(({ name, nullable }) => nullable && key.includes(name));
  if (unique && !nullable) return [];
  return [
    `${who}: ${table} has no key on ${key.join(', ')}, so that nobody could tell which row was changed: add a primary key to the table`,
  ];
}

function columnMisfits({ table, classified, recorded }: AuditedTable, { columns }: Relation, who: string): string[] {
  const there = new Set(columns.map(({ name }) => name));
  const strange = classified ? [...there].filter((name) => !classified.has(name)) : [];
  const missing = [...(classified ?? recorded)].filter((name) => !there.has(name));
  const virtual = columns.filter((column) => column.virtual && recorded.has(column.name));
  return [
    ...strange.map(
      (name) =>
        `${who}: no policy classifies the column ${name} of ${table}: add it to the entity and track it or say never('reason'), or drop it`,
    ),
    ...missing.map((name) => `${who}: the column ${name} isn't in ${table}: run the migrations that add it, or take it out of the entity`),
    ...virtual.map(
      ({ name }) =>
        `${who}: the column ${name} of ${table} is a virtual one, which triggers see empty: make it a stored one, or say never('worked out from others') and don't name it in carries`,
    ),
  ];
}
