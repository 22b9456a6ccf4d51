import { Client } from 'pg';
import { append, Fenced, type Batch } from './append.ts';
import type { Position } from './entry.ts';
import { draftSubjects, Former, type Formed } from './form.ts';
import { merge, refused, type Draft } from './merge.ts';
import { SubjectKeys } from './protect.ts';
import { completeDrafts } from './root-facts.ts';
import { batches, readRows, sweep, type Sweep, type Waiting } from './sweep.ts';
import type { InboxRow } from './inbox.ts';

/** Events that have just been written, in order: the positions after `from` up to `to`. */
export interface Sequenced {
  readonly from: Position;
  readonly to: Position;
  readonly formed: readonly Formed[];
}

export interface SequencerOptions {
  /** Logs in as the sequencer's role. */
  readonly connectionString: string;
  /** Called after each commit, in order. */
  readonly publish: (batch: Sequenced) => void;
  /** Called with what went wrong, before it is tried again. */
  readonly alarm: (error: unknown) => void;
  /** Inbox rows a batch. Beyond a thousand or so nothing is gained. */
  readonly rowsPerBatch?: number;
  /** Milliseconds between looks at the inbox that nobody asked for: what another program or a dead node left. */
  readonly pollMs?: number;
}

interface Head {
  readonly position: Position;
  readonly epoch: number;
  readonly month: string;
}

/** Refusals in a row, after which transactions are taken one by one. */
const CAREFUL_AFTER = 2;

const RETRY_MS = [20, 100, 500, 2_000] as const;

/**
 * Numbers what was committed: reads ahead whole transactions on one connection, writes on another, so that no write
 * transaction ever waits for computing. Any number of them may run, on any node: moving the head is a compare-and-set,
 * and who loses it looks again.
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  #reader: Client | null = null;
  #writer: Client | null = null;
  #keys: SubjectKeys | null = null;
  #head: Head = { position: 0, epoch: 0, month: '' };
  /** The snapshot of the last look whose findings are all written; null looks at everything. */
  #since: string | null = null;
  #asked = 0;
  #answered = 0;
  #waiting = 0;
  #stopping = false;
  #wake: () => void = () => undefined;
  /** How often in a row something in the inbox was refused, and the transactions that were, taken one by one. */
  #refusals = 0;
  readonly #unrecordable = new Set<string>();
  #settled: { readonly ask: number; readonly done: () => void }[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  /** Inbox rows that the last look found and that are not written yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The backend that writes: its notifications are this node's own. */
  get backend(): number | null {
    return (this.#writer as unknown as { processID: number | null } | null)?.processID ?? null;
  }

  /** Connects and begins; throws where the first connection fails. */
  async start(): Promise<void> {
    await this.#connect();
    this.#running = this.#run();
  }

  /** "Look": something was committed. Costs nothing when a look is under way. */
  poke(): void {
    this.#asked++;
    this.#wake();
  }

  /**
   * Resolves when everything that was committed before the call is in the log, with 0; or after `withinMs` with the
   * number of inbox rows that wait.
   */
  async settle(withinMs: number): Promise<number> {
    this.#asked++;
    const ask = this.#asked;
    let timer: NodeJS.Timeout | undefined;
    const inTime = await Promise.race([
      new Promise<true>((done) => {
        this.#settled.push({ ask, done: () => done(true) });
        this.#wake();
      }),
      new Promise<false>((late) => {
        timer = setTimeout(() => late(false), withinMs);
      }),
    ]);
    clearTimeout(timer);
    this.#settled = this.#settled.filter((one) => one.ask !== ask);
    return inTime ? 0 : Math.max(1, this.#waiting);
  }

  /** Writes what is committed by now, then ends. */
  async stop(): Promise<void> {
    await this.settle(5_000);
    this.#stopping = true;
    this.#wake();
    await this.#running;
    await this.#disconnect();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      const ask = this.#asked;
      try {
        await this.#drain();
        failures = 0;
        this.#answer(ask);
        if (ask === this.#asked) await this.#pause(this.#options.pollMs ?? 250);
      } catch (error) {
        this.#since = null;
        if (!(error instanceof Fenced)) this.#options.alarm(error);
        if (isRefusal(error)) this.#refusals++;
        await this.#recover(error, failures++);
      }
    }
  }

  #answer(ask: number): void {
    this.#answered = ask;
    const done = this.#settled.filter((one) => one.ask <= this.#answered);
    this.#settled = this.#settled.filter((one) => one.ask > this.#answered);
    for (const one of done) one.done();
  }

  /** Sleeps until somebody asks, or for `ms`. */
  #pause(ms: number): Promise<void> {
    return new Promise((resume) => {
      const timer = setTimeout(resume, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resume();
      };
    });
  }

  async #recover(error: unknown, failures: number): Promise<void> {
    if (error instanceof Fenced) {
      // Both would run into each other again at the same pace.
      await this.#pause(Math.random() * 4);
    } else {
      await this.#disconnect();
      await this.#pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] as number);
      if (this.#stopping) return;
    }
    try {
      if (this.#reader === null) await this.#connect();
      else await this.#loadHead();
    } catch (again) {
      this.#options.alarm(again);
      await this.#disconnect();
    }
  }

  async #drain(): Promise<void> {
    const reader = this.#connection(this.#reader);
    const found = await sweep(reader, this.#since);
    this.#waiting = found.transactions.reduce((sum, transaction) => sum + transaction.rows, 0);
    if (this.#refusals >= CAREFUL_AFTER) await this.#drainOneByOne(reader, found);
    else await this.#drainInBatches(reader, found);
    this.#since = found.snapshot;
  }

  /** Forms a batch while the one before is written. */
  async #drainInBatches(reader: Client, found: Sweep): Promise<void> {
    let writing: Promise<void> = Promise.resolve();
    let next = this.#head;
    for (const transactions of batches(found.transactions, this.#options.rowsPerBatch ?? 1_000)) {
      const batch = await this.#form(reader, next, transactions).catch(async (error: unknown) => {
        // What is being written is a batch of its own: it must have ended before anybody looks at the head again.
        await writing.catch(() => undefined);
        throw error;
      });
      await writing;
      next = headAfter(batch, next);
      writing = this.#write(batch, next);
      // Awaited in the next turn or below; without a handler a failure meanwhile would end the process.
      writing.catch(() => undefined);
    }
    await writing;
  }

  /**
   * When something in the inbox is refused again and again: each transaction by itself, so that one that cannot be
   * recorded as what it says is recorded as that, and stops nobody else.
   */
  async #drainOneByOne(reader: Client, found: Sweep): Promise<void> {
    for (const transaction of found.transactions) {
      try {
        const batch = await this.#form(reader, this.#head, [transaction]);
        await this.#write(batch, headAfter(batch, this.#head));
      } catch (error) {
        if (isRefusal(error)) this.#unrecordable.add(transaction.xid);
        throw error;
      }
    }
    this.#refusals = 0;
    this.#unrecordable.clear();
  }

  async #form(reader: Client, head: Head, transactions: readonly Waiting[]): Promise<Batch> {
    const rows = await readRows(reader, transactions);
    const expected = transactions.reduce((sum, transaction) => sum + transaction.rows, 0);
    if (rows.length !== expected) throw new Fenced(`${expected - rows.length} of ${expected} rows were taken`);
    const drafts = await completeDrafts(reader, mergeByTransaction(rows, this.#unrecordable));
    const keys = this.#keys as SubjectKeys;
    await keys.ensure(draftSubjects(drafts));
    const former = new Former(keys);
    const formed = drafts.map((draft, i) => former.form(draft, head.position + 1 + i));
    return {
      from: head.position,
      epoch: head.epoch,
      xids: transactions.map((transaction) => transaction.xid),
      rows: rows.length,
      formed,
      months: newMonths(formed, head.month),
    };
  }

  async #write(batch: Batch, next: Head): Promise<void> {
    await append(this.#connection(this.#writer), batch);
    this.#head = next;
    this.#waiting -= batch.rows;
    if (batch.formed.length) this.#options.publish({ from: batch.from, to: next.position, formed: batch.formed });
  }

  #connection(client: Client | null): Client {
    if (!client) throw new Error('the sequencer has no connection to the database');
    return client;
  }

  async #connect(): Promise<void> {
    // What is published must never be taken back by a crash, whatever the writers chose for themselves.
    const open = async () => {
      const client = new Client({
        connectionString: this.#options.connectionString,
        application_name: 'countersign sequencer',
        options: '-c synchronous_commit=on -c timezone=UTC -c enable_seqscan=off -c jit=off',
      });
      client.on('error', () => undefined); // the query that was under way rejects; without a listener the process would end
      await client.connect();
      return client;
    };
    this.#reader = await open();
    this.#writer = await open();
    this.#keys = new SubjectKeys(this.#reader);
    await this.#loadHead();
  }

  async #loadHead(): Promise<void> {
    const { rows } = await this.#connection(this.#reader).query<{ position: string; epoch: number; month: string }>(
      `select position, epoch, case when month = '-infinity' then '' else to_char(month, 'YYYY-MM-DD') end as month from audit_head`,
    );
    const row = rows[0];
    if (!row) throw new Error('the log has no head: audit_head is empty, the migrations did not run');
    this.#head = { position: Number(row.position), epoch: row.epoch, month: row.month };
  }

  async #disconnect(): Promise<void> {
    const clients = [this.#reader, this.#writer];
    this.#reader = null;
    this.#writer = null;
    await Promise.all(clients.filter((client) => client !== null).map((client) => client.end().catch(() => undefined)));
  }
}

const headAfter = (batch: Batch, before: Head): Head => ({
  position: batch.from + batch.formed.length,
  epoch: batch.epoch,
  month: batch.months.at(-1)?.month ?? before.month,
});

/** Whether it is what was to be recorded that was refused, and would be again: not a lost connection, not a lost race. */
function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  // SQLSTATE classes: 22 data exception, 23 constraint violation, 54 program limit exceeded.
  return error instanceof Error && /^(22|23|54)/.test((error as { code?: string }).code ?? '');
}

function mergeByTransaction(rows: readonly InboxRow[], unrecordable: ReadonlySet<string>): Draft[] {
  const drafts: Draft[] = [];
  for (let start = 0; start < rows.length;) {
    const xid = (rows[start] as InboxRow).xid;
    let end = start + 1;
    while (end < rows.length && (rows[end] as InboxRow).xid === xid) end++;
    const transaction = rows.slice(start, end);
    drafts.push(...(unrecordable.has(xid) ? refused(transaction, 'refused by the log') : merge(transaction)));
    start = end;
  }
  return drafts;
}

/** Months only go forward: an event that comes late lies in the partition of those among which it was numbered. */
function newMonths(formed: readonly Formed[], current: string): Batch['months'] {
  const months: { first: Position; month: string }[] = [];
  for (const { entry } of formed) {
    const month = `${entry.occurredAt.slice(0, 7)}-01`;
    if (month > (months.at(-1)?.month ?? current)) months.push({ first: entry.position, month });
  }
  return months;
}
