import { setTimeout as sleep } from 'node:timers/promises';
import type { Position, Target } from '../events/entry.ts';
import { NOTHING_UNCOMPARED, type Difference, type Uncompared } from '../records/held-against.ts';
import { Moments } from '../read/moment.ts';
import { RecordedPass } from './recorded-pass.ts';
import type { Registry } from '../policy/registry.ts';
import { RowsPass } from './rows-pass.ts';
import type { Tally } from './tally.ts';

/** What is to be balanced, and how. */
export interface BalanceOptions {
  /** Logs in as the application's role: reads rows and log. */
  readonly app: string;
  /** Logs in as the sequencer's role: reads what isn't numbered yet. */
  readonly sequencer: string;
  readonly registry: Pick<Registry, 'plans'>;
  /** Called with each difference once it is found. */
  readonly onDifference: (difference: Difference) => void;
  /** Called after each step. */
  readonly onProgress?: (progress: Counted) => void;
  /** How long it rests after each step, in the time that the step took: 1 leaves half of the time to others. */
  readonly rest?: number;
  /** Bytes of rows that are read at once; one that is longer by itself is left out, and named. */
  readonly rowsAtOnce?: number;
  /** Ends it between two steps. */
  readonly signal?: AbortSignal;
}

/** What has been looked at so far. */
export interface Counted {
  readonly events: number;
  /** Records of which the log tells, those that are gone too. */
  readonly records: number;
  /** Rows of audited tables. */
  readonly rows: number;
  readonly differences: number;
}

/** What a balance came to. */
export interface Balance extends Counted {
  /** The log's end at the first step and at the last: each record was compared as it stood at a moment between the two. */
  readonly from: Position;
  readonly to: Position;
  /** What could not be compared, and why. */
  readonly uncompared: Readonly<Uncompared>;
  /** Records that were not compared, since their rows are longer than is read. */
  readonly unread: readonly Target[];
  /** Rows that were there before the database recorded changes of their table, and of which the log knows nothing. */
  readonly rowsBefore: number;
  /** Audited tables without triggers: of their rows nobody knows whether they ought to be recorded. */
  readonly uncovered: readonly string[];
}

/**
 * AUD-31: folds the whole log and holds it against the live rows, field by field. It goes in steps of some thousand
 * events, each in a snapshot of its own in which log and rows say the same: so it needs no more memory for more
 * records, and nothing in the database waits for more than a step. What is written meanwhile is no difference.
 * @throws BalanceUnderWay where another one is; AuditLogError where the log can't be compared now; whatever keeps the database from answering.
 */
export async function balance({
  app,
  sequencer,
  registry,
  onDifference,
  onProgress,
  rest = 0,
  rowsAtOnce,
  signal,
}: BalanceOptions): Promise<Balance> {
  const tally: Tally = {
    events: 0,
    records: 0,
    rows: 0,
    differences: 0,
    rowsBefore: 0,
    uncompared: { ...NOTHING_UNCOMPARED },
    unread: [],
    rowsAtOnce,
    found: (difference) => {
      tally.differences++;
      onDifference(difference);
    },
  };
  const moments = await Moments.open({ app, sequencer, plans: registry.plans });
  try {
    const { coverage } = moments;
    const rows = new RowsPass(registry.plans, coverage, tally);
    const range = { from: Infinity, to: 0 };
    for (const pass of [new RecordedPass(registry.plans, tally), rows]) {
      while (!pass.done) {
        signal?.throwIfAborted();
        const began = performance.now();
        const position = await moments.at((moment) => pass.step(moment).then(() => moment.position), signal);
        Object.assign(range, { from: Math.min(range.from, position), to: Math.max(range.to, position) });
        onProgress?.(countedIn(tally));
        await sleep((performance.now() - began) * rest, undefined, { signal });
      }
    }
    return {
      ...countedIn(tally),
      ...range,
      uncompared: tally.uncompared,
      unread: tally.unread,
      rowsBefore: tally.rowsBefore,
      uncovered: rows.uncovered,
    };
  } finally {
    await moments.close();
  }
}

const countedIn = ({ events, records, rows, differences }: Tally): Counted => ({ events, records, rows, differences });
