import { performance } from 'node:perf_hooks';
import { Audit } from '@countersign/audit/audit';
import { balance } from '@countersign/audit/balance';
import { type Bed, makeBed } from './bed.ts';
import { cardPolicy, naivePolicy, seenCardPolicy } from './card.ts';
import { printTable } from './table.ts';

/** Cards of the two rounds; each is made once and changed four times. */
const CARDS = [5_000, 25_000] as const;
const CHANGES = 4;
/** Rows that one statement writes. */
const AT_ONCE = 1_000;
/** Milliseconds between looks at the memory. */
const LOOK = 20;

interface Measured {
  readonly events: number;
  readonly rows: number;
  readonly seconds: number;
  readonly resident: number;
}

/** How fast the log is folded and held against the rows, and whether that takes more memory for more records. */
export async function run(): Promise<void> {
  const bed = await makeBed();
  const measured: Measured[] = [];
  let made = 0;
  for (const cards of CARDS) {
    await write(bed, made, cards);
    made = cards;
    measured.push(await measure(bed));
  }
  await bed.stop();
  printTable(
    measured.map(({ events, rows, seconds, resident }) => ({
      events,
      rows,
      seconds: seconds.toFixed(1),
      'events/s': Math.round(events / seconds),
      'rows/s': Math.round(rows / seconds),
      'resident memory above idle, MB': resident,
    })),
  );
}

/** By SQL, so that the triggers record it: cards after the first `from`, and changes of all of them. */
async function write(bed: Bed, from: number, to: number): Promise<void> {
  const audit = new Audit({ policies: [cardPolicy, seenCardPolicy, naivePolicy] });
  const orm = await bed.orm([audit.subscriber]);
  audit.bind(orm);
  const log = await audit.openLog({ app: bed.app, sequencer: bed.sequencer, alarm: console.error });
  const client = await bed.client();
  for (let n = from; n < to; n += AT_ONCE) {
    await client.query(
      `insert into seen_card select n, 'person ' || n % 1000, 'site ' || n % 3, date '2026-11-01' + n % 28, now(), now() + interval '8 hours', null, null, 8, 0, 30, 'open', false, 'some notes', '{a,b}', '{"a":1,"b":{"c":true}}' from generate_series($1::int, $2::int) n`,
      [n + 1, n + AT_ONCE],
    );
    for (let change = 1; change <= CHANGES; change++)
      await client.query(
        `update seen_card set total = $3::int, check_out = check_out + interval '1 minute', extra = jsonb_set(extra, '{a}', to_jsonb($3::int)) where id between $1 and $2`,
        [n + 1, n + AT_ONCE, change],
      );
  }
  await client.query('vacuum analyze seen_card');
  while ((await log.sequencer.settle(60_000)) > 0);
  await client.query('analyze audit_event');
  await client.end();
  await log.close();
  await orm.close(true);
}

async function measure(bed: Bed): Promise<Measured> {
  const audit = new Audit({ policies: [cardPolicy, seenCardPolicy, naivePolicy] });
  const orm = await bed.orm([audit.subscriber]);
  audit.bind(orm);
  const idle = process.memoryUsage().rss;
  let most = idle;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), LOOK);
  const began = performance.now();
  const result = await balance({
    app: bed.app,
    sequencer: bed.sequencer,
    registry: audit.registry,
    onDifference: (difference) => {
      throw new Error(`a difference where there is none: ${JSON.stringify(difference)}`);
    },
  });
  const seconds = (performance.now() - began) / 1_000;
  clearInterval(watch);
  await orm.close(true);
  return { events: result.events, rows: result.rows, seconds, resident: Math.round((most - idle) / 1024 / 1024) };
}
