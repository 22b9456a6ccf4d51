import type { Client } from 'pg';
import type { Target } from './entry.ts';

type Key = Pick<Target, 'type' | 'id'>;

/** Those of which the log tells nothing at all, whatever waits to be numbered. */
export async function untold<Item>(db: Client, items: readonly Item[], keyOf: (item: Item) => Key): Promise<Item[]> {
  if (!items.length) return [];
  const keys = items.map(keyOf);
  const { rows } = await db.query<{ n: string }>(
    `select r.n from unnest($1::text[], $2::text[]) with ordinality r(type, id, n) where not exists
      (select from audit_event e where e.target_id = r.id and e.target_type = r.type and e.operation <> 'none')`,
    [keys.map(({ type }) => type), keys.map(({ id }) => id)],
  );
  return rows.flatMap(({ n }) => items[Number(n) - 1] ?? []);
}
