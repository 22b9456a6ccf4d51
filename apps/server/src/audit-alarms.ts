import {
  AuditDeferred,
  AuditDisagreement,
  AuditLogError,
  AuditTampering,
  OutdatedPolicies,
  TransactionTooLarge,
} from '@countersign/audit/errors';
import type { Entry } from '@countersign/audit/log-entry';
import type { Alert } from '@countersign/domain/messages/alerts';
import type { Alarms } from './alarms.ts';
import type { Logger } from './log.ts';
import { withoutValues } from './told-problem.ts';

/** What the audit log's alarm is about, for the server's log and for administrators. */
function alertOf(problem: unknown): { readonly line: string; readonly topic: string; readonly title: string } {
  if (problem instanceof AuditDisagreement)
    return { line: 'told and seen differ', topic: 'audit-disagreement', title: 'A record was changed otherwise than the application told' };
  if (problem instanceof AuditTampering)
    return { line: 'altering it was refused', topic: 'audit-tampering', title: 'Somebody tried to alter the audit log' };
  if (problem instanceof AuditDeferred)
    return { line: 'deferred', topic: 'audit-deferred', title: 'What is read can’t be recorded at the moment, and waits on a node’s disk' };
  if (problem instanceof AuditLogError)
    return { line: 'recorded as unreadable', topic: 'audit-unreadable', title: 'Something could not be recorded as what it says' };
  if (problem instanceof OutdatedPolicies)
    return {
      line: 'this node stands back',
      topic: 'audit-policies',
      title: 'A node goes by other audit policies than the database, and numbers nothing',
    };
  if (problem instanceof TransactionTooLarge)
    return { line: 'it waits', topic: 'audit-waits', title: 'A transaction is too large to be numbered, and the audit log waits for it' };
  return { line: 'tried again', topic: 'audit-log', title: 'The audit log had to be tried again' };
}

/** What the audit log calls with whatever is wrong with it. */
export const alarmTo = (alarms: Alarms, log: Logger) => (problem: unknown) => {
  const { line, ...alert } = alertOf(problem);
  log.error({ err: problem }, `the log: ${line}`);
  alarms.raise({ ...alert, text: wordsOf(problem) });
};

/** Somebody has had a hand in the triggers; a start or a migration found it and mended it. */
export const gapIn = ({ target, metadata }: Entry): Alert => ({
  topic: 'audit-coverage',
  title: 'The record of a table may have a gap',
  text: `Changes of ${target?.id} may have gone unrecorded until its triggers were made anew: ${JSON.stringify(metadata['found'])}.`.slice(
    0,
    300,
  ),
});

/** What is known of a problem, without what a connection's address or a row may hold. */
const wordsOf = (problem: unknown): string =>
  withoutValues(problem, problem instanceof Error ? problem.message : String(problem))
    .replaceAll(/\w+:\/\/\S+/g, '[address]')
    .slice(0, 300);
