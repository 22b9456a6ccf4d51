import type { Table } from './plan.ts';

// A table as the database and the log call it.

/** As it stands in `audit_coverage` and in what the triggers write: `rabbit`, `zoo.rabbit`. */
export const nameOf = ({ schema, name }: Table): string => (schema === null ? name : `${schema}.${name}`);
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
export const quotedTable = ({ schema, name }: Table) => (schema === null ? identifier(name) : `${identifier(schema)}.${identifier(name)}`);
