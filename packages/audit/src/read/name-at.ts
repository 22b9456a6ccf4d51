import type { ClientBase, Pool } from 'pg';

/** As whom the database knows whoever connects: an address may leave that to its surroundings, or name it to a pooler. */
export async function nameAt(db: ClientBase | Pool): Promise<string> {
  const { rows } = await db.query<{ name: string }>('select session_user as name');
  return rows[0]?.name ?? '';
}
