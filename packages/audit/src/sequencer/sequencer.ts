import type { Client } from 'pg';
import { alarmsOf } from '../events/alarms.ts';
import { append, type Batch } from './append.ts';
import { Asks } from './asks.ts';
import { appendCarefully, type Careful } from './append-carefully.ts';
import { formBatch, headAfter, type Head } from './batch.ts';
import { coverageIn } from '../triggers/coverage.ts';
import { Fenced } from './fenced.ts';
import { LogConnections } from './log-connections.ts';
import { IN_FORCE } from '../triggers/policy-set.ts';
import { isRefusal } from './refusal.ts';
import { refuseWithoutRoom, roomFor, roomHere } from './room.ts';
import { RootFacts } from './root-facts.ts';
import { NO_ROWS } from './row-facts.ts';
import type { SequencerOptions } from './sequencer-options.ts';
import type { Sight } from '../triggers/sight.ts';
import { StandBack } from './stand-back.ts';
import { batches, glance, readRows, sweep, type Glance, type Sweep } from './sweep.ts';
import type { InboxRow } from '../capture/inbox.ts';

/** Milliseconds between the looks of a node that stands back: somebody may be waiting for what he has written. */
const STANDING_BACK_MS = 50;

const RETRY_MS = [20, 100, 500, 2_000] as const;

/**
 * Numbers what was committed: reads ahead whole transactions on one connection, writes on another, so that no write
 * transaction ever waits for computing. Any number of them may run, on any node: moving the head is a compare-and-set,
 * and who loses it looks again.
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  #connections: LogConnections | null = null;
  #head: Head = { position: 0, epoch: 0, month: '', policies: null };
  readonly #standBack: StandBack;
  #sight: Sight = { plans: new Map(), actions: new Map(), application: '', coverage: new Map(), formerTables: new Map() };
  /** The snapshot of the last look whose findings are all written; null looks at everything. */
  #since: string | null = null;
  readonly #facts = new RootFacts();
  readonly #asks = new Asks();
  #waiting = 0;
  #stopping = false;
  #stopped: Promise<void> | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SequencerOptions) {
    this.#options = options;
    const { policies, alarm, aloneMs } = options;
    this.#standBack = new StandBack({ policies, alarm, aloneMs });
  }

  /** Inbox rows that the last look found and that are not written yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Why this node numbers nothing, in words; null where it does. */
  get standsBack(): string | null {
    return this.#standBack.why;
  }

  /** The backend that writes: its notifications are this node's own. */
  get backend(): number | null {
    return this.#connections?.backend ?? null;
  }

  /** Connects and begins; throws where the first connection fails. */
  async start(): Promise<void> {
    try {
      await this.#connect();
    } catch (problem) {
      await this.#disconnect();
      throw problem;
    }
    this.#running = this.#run();
  }

  /** "Look": something was committed. Costs nothing when a look is under way. */
  poke(): void {
    this.#asks.ask();
  }

  /**
   * Resolves when everything that was committed before the call is in the log, with 0; or after `withinMs` with the
   * number of inbox rows that wait.
   */
  async settle(withinMs: number): Promise<number> {
    return (await this.#asks.answered(withinMs)) ? 0 : Math.max(1, this.#waiting);
  }

  /** Writes what is committed by now, then ends; once, however often it is asked. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    await this.settle(5_000);
    this.#stopping = true;
    this.#asks.ask();
    await this.#running;
    await this.#disconnect();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      const ask = this.#asks.latest;
      try {
        if (this.standsBack !== null && !(await this.#othersWrote())) {
          await this.#asks.pause(STANDING_BACK_MS);
          continue;
        }
        if (this.standsBack === null) await this.#drain();
        failures = 0;
        this.#asks.answer(ask);
        if (ask === this.#asks.latest) await this.#asks.pause(this.#options.pollMs ?? 250);
      } catch (error) {
        this.#since = null;
        if (!(error instanceof Fenced)) this.#options.alarm(error);
        await this.#recover(error, failures++);
      }
    }
  }

  async #recover(error: unknown, failures: number): Promise<void> {
    if (error instanceof Fenced) {
      // Both would run into each other again at the same pace.
      await this.#asks.pause(Math.random() * 4);
    } else {
      await this.#disconnect();
      await this.#asks.pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] as number);
      if (this.#stopping) return;
    }
    try {
      if (this.#connections === null) await this.#connect();
      else await this.#loadHead();
    } catch (again) {
      this.#options.alarm(again);
      await this.#disconnect();
    }
  }

  /** What a node with older policies does: it looks whether everything is in the log, and whether it may go on itself. */
  async #othersWrote(): Promise<boolean> {
    await this.#loadHead();
    const { transactions } = await sweep(this.#open.reader, null);
    this.#waiting = transactions.reduce((sum, transaction) => sum + transaction.rows, 0);
    this.#standBack.waitFor(this.#waiting);
    return this.#waiting === 0;
  }

  async #drain(): Promise<void> {
    const { reader } = this.#open;
    const few = this.#since === null ? null : await glance(reader, this.#since, this.#options.longestRead);
    if (few) return this.#drainFew(reader, few);
    const found = await sweep(reader, this.#since, this.#options.longestRead);
    this.#waiting = found.transactions.reduce((sum, transaction) => sum + transaction.rows, 0);
    await this.#drainInBatches(reader, found);
    this.#since = found.snapshot;
  }

  /** The hot path: a flush or two, at hand already. */
  async #drainFew(reader: Client, { rows, snapshot }: Glance): Promise<void> {
    this.#waiting = rows.length;
    if (rows.length) {
      const batch = await this.#form(reader, this.#head, rows, Promise.resolve());
      await this.#write(batch, headAfter(batch, this.#head));
    }
    this.#since = snapshot;
  }

  /** Reads one batch ahead, and forms one while the one before is written. */
  async #drainInBatches(reader: Client, found: Sweep): Promise<void> {
    const plan = batches(found.transactions, this.#options.rowsPerBatch ?? 1_000);
    const room = this.#options.room ?? roomHere();
    const read = async (i: number) => {
      refuseWithoutRoom(plan[i] ?? [], room);
      return readRows(reader, plan[i] ?? [], this.#options.longestRead);
    };
    let writing: Promise<void> = Promise.resolve();
    let reading = handled(read(0));
    let next = this.#head;
    try {
      for (let i = 0; i < plan.length; i++) {
        const rows = await reading;
        const isRoomForBoth = roomFor(plan.slice(i, i + 2).flat()) <= room;
        if (isRoomForBoth) reading = handled(read(i + 1));
        const batch = await this.#form(reader, next, rows, writing);
        await writing;
        next = headAfter(batch, next);
        writing = handled(this.#write(batch, next));
        if (isRoomForBoth) continue;
        await writing;
        reading = handled(read(i + 1));
      }
      await writing;
    } finally {
      // What is under way must have ended before anybody looks at the head again.
      await Promise.allSettled([reading, writing]);
    }
  }

  #form(reader: Client, head: Head, rows: readonly InboxRow[], written: Promise<void>): Promise<Batch> {
    const { keys } = this.#open;
    return formBatch(rows, {
      reader,
      head,
      keys,
      written,
      sight: this.#sight,
      facts: this.#facts,
      rowFacts: this.#options.rowFacts ?? NO_ROWS,
    });
  }

  async #write(batch: Batch, next: Head): Promise<void> {
    const { formed, failures } = await this.#append(this.#open.writer, batch);
    this.#head = next;
    this.#waiting -= batch.rows;
    const { disagreements } = batch;
    for (const alarm of alarmsOf({ disagreements, failures: [...batch.failures, ...failures] })) this.#options.alarm(alarm);
    if (formed.length) this.#options.publish({ from: batch.from, to: next.position, formed });
  }

  /** What the log refuses would be refused again: it is recorded as that, at once. */
  async #append(writer: Client, batch: Batch): Promise<Careful> {
    try {
      await append(writer, batch);
      return { formed: batch.formed, failures: [] };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return appendCarefully(writer, batch);
    }
  }

  get #open(): LogConnections {
    if (!this.#connections) throw new Error('the sequencer has no connection to the database');
    return this.#connections;
  }

  async #connect(): Promise<void> {
    this.#connections = await LogConnections.open(this.#options.connectionString);
    await this.#loadHead();
    this.#sight = { ...this.#sight, ...this.#options.sight, ...(await coverageIn(this.#open.reader)) };
  }

  async #loadHead(): Promise<void> {
    const { reader } = this.#open;
    const { rows } = await reader.query<{ position: string; epoch: number; month: string; policies: string | null }>(
      `select position, epoch, case when month = '-infinity' then '' else to_char(month, 'YYYY-MM-DD') end as month, ${IN_FORCE} as policies from audit_head`,
    );
    const row = rows[0];
    if (!row) throw new Error('the log has no head: audit_head is empty, the migrations did not run');
    this.#head = { ...row, position: Number(row.position) };
    this.#facts.forget();
    await this.#standBack.compare(reader, row.policies);
  }

  async #disconnect(): Promise<void> {
    const connections = this.#connections;
    this.#connections = null;
    await connections?.close();
  }
}

/** Awaited later: without a handler a failure meanwhile would end the process. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
