import { CompiledQuery, type Kysely } from 'kysely';
import type { QueryResultRow } from 'pg';

/** What answers statements: a connection, or a transaction of the ORM's. Parameters are `$1`, `$2` … */
export interface Database {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** A transaction that MikroORM has begun. */
export function databaseOf(transaction: unknown): Database {
  const kysely = transaction as Kysely<unknown>;
  return { query: async <Row>(text: string, values: unknown[] = []) => kysely.executeQuery<Row>(CompiledQuery.raw(text, values)) };
}
