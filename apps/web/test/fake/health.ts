import type { HealthView } from '../../src/api/views.ts';

/** Everything holds, and nobody has tried anything. */
export const WELL: HealthView = {
  checkedAt: '2026-11-22T10:15:00.000Z',
  checks: [
    check(
      'coverage',
      'The database records every change of an audited table',
      '17 tables, each with triggers that are switched on and as they were made.',
    ),
    check('immutable', 'Update, delete and truncate of the log are refused', 'For everybody, the owner too, on 5 tables.'),
    check(
      'witness',
      'Attempts to alter the log are recorded',
      'The database connects to itself by dblink, so that the record survives the rollback.',
    ),
    check('application', 'The application may not alter the log', 'The role countersign_app is no superuser and owns nothing of it.'),
    check(
      'sequencer',
      'Numbering has a login of its own that may only add',
      'The role countersign_sequencer is no superuser and owns nothing of it.',
    ),
    check('numbering', 'What is committed is numbered at once', 'Nothing waits in the inbox.'),
    check('spool', 'What is read is recorded at once', 'Nothing waits on this node’s disk.'),
    check('agreement', 'The application tells what the database sees', 'They agreed on every change since this node started.'),
    check('readable', 'Everything is recorded as what it says', 'Nothing in the log is unreadable.'),
  ],
  attempts: { total: 0, latest: [] },
};

function check(key: HealthView['checks'][number]['key'], label: string, detail: string): HealthView['checks'][number] {
  return { key, label, state: 'holds', details: [detail] };
}

/** Two protections don't hold, one isn't used, and somebody was at the log. */
export const UNWELL: HealthView = {
  ...WELL,
  checks: WELL.checks.map((one) => {
    if (one.key === 'immutable')
      return {
        ...one,
        state: 'broken',
        details: ['audit_event_202611_1048577: audit_append_only is missing, switched off or altered. Find out who did that.'],
      };
    if (one.key === 'agreement')
      return { ...one, state: 'broken', details: ['They disagreed 3 times since this node started; what the database saw is recorded.'] };
    if (one.key === 'spool') return { ...one, state: 'off', details: ['This node has no place for what must wait.'] };
    return one;
  }),
  attempts: {
    total: 12,
    latest: [
      {
        position: 51,
        occurredAt: '2026-11-22T09:01:02.000000Z',
        operation: 'delete',
        table: 'audit_event_202611_1048577',
        databaseUser: 'postgres',
        application: 'psql',
      },
      {
        position: 12,
        occurredAt: '2026-11-21T22:40:00.000000Z',
        operation: 'truncate',
        table: 'audit_rollup',
        databaseUser: 'postgres',
        application: '',
      },
    ],
  },
};
