import type { Client } from 'pg';
import type { Contender } from './contender.ts';

/** Nobody finds what another one left behind. */
export async function cleanSlate(client: Client, { table, trail }: Contender): Promise<void> {
  const others = trail === null || trail === 'audit_event' ? [] : [trail];
  await client.query(`truncate ${['audit_inbox', ...others].join(', ')}`);
  await client.query(`vacuum ${table}`);
}
