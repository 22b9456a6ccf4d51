import type { Client } from 'pg';
import type { Target } from '../events/entry.ts';
import { namesOfType } from '../merge/present-names.ts';
import type { Plans } from '../triggers/sight.ts';

type Key = Pick<Target, 'type' | 'id'>;

/** Those of which the log tells nothing at all, under whatever name, whatever waits to be numbered. */
export async function untold<Item>(db: Client, items: readonly Item[], plans: Plans, keyOf: (item: Item) => Key): Promise<Item[]> {
  if (!items.length) return [];
  const keys = items.flatMap((item, at) => {
    const { type, id } = keyOf(item);
    return namesOfType(type, plans).map((name) => ({ at, name, id }));
  });
  const { rows } = await db.query<{ at: number }>(
    `select r.at from unnest($1::int[], $2::text[], $3::text[]) r(at, type, id) where exists
      (select from audit_event e where e.target_id = r.id and e.target_type = r.type and e.operation <> 'none')`,
    [keys.map(({ at }) => at), keys.map(({ name }) => name), keys.map(({ id }) => id)],
  );
  const told = new Set(rows.map(({ at }) => at));
  return items.filter((_, at) => !told.has(at));
}
