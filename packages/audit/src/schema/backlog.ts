import { escapeIdentifier } from 'pg';
import type { LogRoles } from './log-roles.ts';

/** What the application may know of the inbox, which it can't read: how much waits, since when, and as whom it is numbered. */
export const backlogSchema: readonly string[] = [
  `create function audit_backlog() returns table (waiting bigint, since timestamptz, sequencer text) language sql stable security definer
    set search_path = pg_catalog, public, pg_temp as $$
    select (select count(*) from (select from audit_inbox limit 100000) rows), (select min(at) from audit_inbox),
      (select role from audit_role where purpose = 'sequencer') $$`,
  `revoke all on function audit_backlog() from public`,
];

/** What each role may do with it. */
export const backlogGrants = ({ app }: LogRoles): string[] => [`grant execute on function audit_backlog() to ${escapeIdentifier(app)}`];
