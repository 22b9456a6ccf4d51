import { performance } from 'node:perf_hooks';
import { Client } from 'pg';
import { Sequencer } from '@countersign/audit/sequencer';
import type { Bed } from './bed.ts';

const EVENTS_A_TRANSACTION = 2;

/** One change as a flush tells it: two fields, one of a thousand people, from one of twenty requests. */
const told = (n: number) => ({
  area: 'bench',
  action: 'card_edited',
  op: 'update',
  type: 'Card',
  id: `${n % 5_000}`,
  label: `Card 2026-11-${10 + (n % 18)}`,
  subject: `0198${String(n % 1_000).padStart(4, '0')}-7b1e-4000-8000-000000000001`,
  scopes: [`site:${n % 3}`],
  day: '2026-11-03',
  changes: [
    { f: 'check_out', o: '2026-11-03T17:00:00.000Z', n: '2026-11-03T16:30:00.000Z' },
    { f: 'notes', o: 'as on paper', n: 'as at the gate', s: 1 },
  ],
});

const contextOf = (n: number) =>
  JSON.stringify({
    actor: { kind: 'user', id: `0198${String(n % 20).padStart(4, '0')}-7b1e-4000-8000-000000000002` },
    impersonator: null,
    channel: 'web',
    command: 'cards.edit',
    changeId: null,
    reason: null,
    requestId: `r${n % 20}`,
    ipAddress: '10.0.4.12',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) bench',
  });

export interface Drained {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly bytesPerEvent: number;
}

/** Fills the inbox, then lets one sequencer number it: events a second from the first look to the last commit. */
export async function drain(bed: Bed, events = 60_000): Promise<Drained> {
  const owner = new Client(bed.owner);
  await owner.connect();
  await fillInbox(owner, events);
  const size = async () =>
    Number(
      (
        await owner.query<{ bytes: string }>(
          `select sum(pg_total_relation_size(inhrelid)) as bytes from pg_inherits where inhparent = 'audit_event'::regclass`,
        )
      ).rows[0]?.bytes ?? 0,
    );
  const before = await size();
  let first = 0;
  const done = Promise.withResolvers<number>();
  let numbered = 0;
  const sequencer = new Sequencer({
    connectionString: bed.sequencer,
    alarm: (error) => done.reject(error instanceof Error ? error : new Error('the sequencer failed', { cause: error })),
    publish: (batch) => {
      numbered += batch.formed.length;
      if (numbered >= events) done.resolve(performance.now());
    },
    sight: { ...bed.registry, application: '' },
    rowsPerBatch: 1_000,
  });
  first = performance.now();
  await sequencer.start();
  const seconds = ((await done.promise) - first) / 1_000;
  await sequencer.stop();
  const bytes = (await size()) - before;
  await owner.end();
  return { events, eventsPerSecond: Math.round(events / seconds), bytesPerEvent: Math.round(bytes / events) };
}

/** One transaction for each document, as many writers would leave it. */
async function fillInbox(owner: Client, events: number): Promise<void> {
  await owner.query('set synchronous_commit = off');
  for (let n = 0; n < events / EVENTS_A_TRANSACTION; n++) {
    const document = JSON.stringify({
      v: 1,
      events: Array.from({ length: EVENTS_A_TRANSACTION }, (_, i) => told(n * EVENTS_A_TRANSACTION + i)),
    });
    await owner.query({
      name: 'tell',
      text: `insert into audit_inbox (context, document) values ($1, $2)`,
      values: [contextOf(n), document],
    });
  }
}
