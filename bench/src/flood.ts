import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

const EVENTS_A_DOCUMENT = 4;
/** Milliseconds between two statements. */
const STEP = 50;

/**
 * Puts documents into the inbox as flushes do, faster than the commands of one machine could make them: what numbers,
 * pushes and shows them is the real thing.
 */
export async function flood(
  owner: Client,
  { seconds, eventsPerSecond }: { readonly seconds: number; readonly eventsPerSecond: number },
): Promise<void> {
  const start = Date.now();
  let written = 0;
  while (Date.now() - start < seconds * 1_000) {
    const due = Math.floor(((Date.now() - start) * eventsPerSecond) / 1_000 / EVENTS_A_DOCUMENT) - written;
    // Each its own transaction, as many people would leave them.
    if (due > 0) await owner.query(Array.from({ length: due }, (_, i) => `begin;${insertOf(written + i)};commit`).join(';'));
    written += Math.max(0, due);
    await sleep(STEP);
  }
}

const insertOf = (n: number) =>
  `insert into audit_inbox (context, document) values ('${contextOf(n)}', '${JSON.stringify({ v: 1, events: Array.from({ length: EVENTS_A_DOCUMENT }, (_, i) => told(n, i)) })}')`;

const contextOf = (n: number) =>
  JSON.stringify({
    actor: { kind: 'system', id: `clock ${n % 20}` },
    impersonator: null,
    channel: 'api',
    command: 'bench.flood',
    changeId: null,
    reason: null,
    requestId: null,
    ipAddress: null,
    userAgent: null,
  });

const told = (n: number, i: number) => ({
  area: 'timecards',
  action: 'user_edit',
  op: 'update',
  type: 'Timecard',
  id: `bench-${n % 500}-${i}`,
  label: `Bench ${n % 500}`,
  subject: null,
  scopes: [],
  day: '2026-11-03',
  changes: [
    { f: 'check_out_time', o: '2026-11-03T17:00:00.000Z', n: '2026-11-03T16:30:00.000Z' },
    { f: 'total_hours', o: '8.50', n: '8.00' },
  ],
});
