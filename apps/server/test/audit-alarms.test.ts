import { expect, it } from 'vitest';
import { TransactionTooLarge } from '@countersign/audit/errors';
import type { Alert } from '@countersign/domain/messages/alerts';
import { alarmTo } from '../src/audit-alarms.ts';

it('AUD-14: administrators are told of a transaction that is too large to be numbered, and with how much memory to start a node', () => {
  const raised: Alert[] = [];
  const tell = alarmTo({ raise: (alert: Alert) => raised.push(alert) } as never, { error: () => undefined } as never);
  tell(new TransactionTooLarge({ rows: 12_345_678, needed: 123_456, allowed: 14_144 }));
  expect(raised).toMatchObject([
    { topic: 'audit-waits', text: expect.stringMatching(/ 12345678 row changes .*--max-old-space-size=123456 /) },
  ]);
});
