import { open, readFile, stat, writeFile } from 'node:fs/promises';
import type { RefusedAccess } from '@countersign/domain/record/access-refused';

export interface LogWatchOptions {
  /** PostgreSQL's log, as the embedded server writes it. */
  readonly file: string;
  /** Of which database. */
  readonly database: string;
  /** Records what was found; what it throws is tried again. */
  readonly told: (refusals: readonly RefusedAccess[]) => Promise<void>;
  readonly report: (problem: unknown) => void;
  /** Milliseconds between looks. */
  readonly every?: number;
}

/** Bytes that one look reads. */
const AT_ONCE = 1024 * 1024;

/** Continued lines begin with a tab, so that nothing that somebody sends stands at the beginning of one. */
const REFUSED =
  /^\S+ \S+ \S+ \[\d+\] "(?<role>.*)" "(?<database>.*)" \S+ ERROR: {2}(?:permission denied for|must be owner of) \w+ (?<table>audit_\w+)$/;

/** The refusals in a piece of the log, by role and table. */
export function refusalsIn(text: string, database: string): RefusedAccess[] {
  const found = new Map<string, { database_user: string; table: string; times: number }>();
  for (const line of text.split('\n')) {
    const { role, table, database: where } = REFUSED.exec(line)?.groups ?? {};
    if (role === undefined || table === undefined || where !== database) continue;
    const known = found.get(`${table} ${role}`);
    if (known) known.times++;
    else found.set(`${table} ${role}`, { database_user: role, table, times: 1 });
  }
  return [...found.values()];
}

/**
 * AUD-12: what privileges refuse passes no trigger; the database's own log tells of it. Read on from where the last run
 * ended, which stands in a file beside the log: a node that is killed may tell the last look's findings again, and loses none.
 */
export class LogWatch {
  readonly #options: LogWatchOptions;
  #from: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: LogWatchOptions) {
    this.#options = options;
    this.#later();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer ?? undefined);
    await this.#looking;
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        .catch(this.#options.report)
        .finally(() => this.#later());
    }, this.#options.every ?? 1_000).unref();
  }

  async #look(): Promise<void> {
    const { file, database, told } = this.#options;
    this.#from ??= await this.#remembered();
    const { size } = await stat(file);
    // A new log under the same name.
    if (size < this.#from) this.#from = 0;
    if (size === this.#from) return;
    const text = wholeLines(await readPart(file, this.#from));
    const refusals = refusalsIn(text.toString('utf8'), database);
    if (refusals.length) await told(refusals);
    this.#from += text.length;
    await writeFile(`${file}.seen`, String(this.#from), { mode: 0o600 });
  }

  async #remembered(): Promise<number> {
    const text = await readFile(`${this.#options.file}.seen`, 'utf8').catch(() => '0');
    return Number(text) || 0;
  }
}

async function readPart(file: string, from: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(AT_ONCE), 0, AT_ONCE, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The last line may still be being written; one that fills all of it is passed over. */
const wholeLines = (part: Buffer): Buffer =>
  part.length === AT_ONCE && !part.includes(10) ? part : part.subarray(0, part.lastIndexOf(10) + 1);
