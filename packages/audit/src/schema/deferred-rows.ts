import { escapeIdentifier } from 'pg';
import type { LogRoles } from './log-roles.ts';

/** Which deferred rows are written already: one whose outcome nobody knows, or that was read from a spool twice, is written once. */
export const deferredSchema: readonly string[] = [
  `create table audit_deferred (id uuid primary key, at timestamptz not null default clock_timestamp())`,
];

/** What each role may do with them: the application notes what it writes, the sequencer forgets what is old. */
export function deferredGrants(roles: LogRoles): string[] {
  const [app, sequencer] = [escapeIdentifier(roles.app), escapeIdentifier(roles.sequencer)];
  return [
    `revoke all on audit_deferred from public, ${app}, ${sequencer}`,
    `grant insert (id), select (id) on audit_deferred to ${app}`,
    `grant select, delete on audit_deferred to ${sequencer}`,
  ];
}

/** Whoever brings a spool back after a longer time may write twice what was written without anybody's knowing. */
export const FORGET_DEFERRED = `delete from audit_deferred where at < clock_timestamp() - interval '90 days'`;
