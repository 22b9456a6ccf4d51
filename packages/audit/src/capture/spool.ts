import { hash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One row for the inbox that waits on this node's disk. `id` says which it is, however often it is written. */
export interface Spooled {
  readonly id: string;
  readonly context: string;
  readonly document: string;
}

/** A file that is appended to. */
export interface SpoolFile {
  write(bytes: Buffer): Promise<unknown>;
  /** Resolves when what was written outlives a power cut. */
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface SpoolOptions {
  /** Made where it is missing. Nodes of one machine may share it. */
  readonly directory: string;
  /** Opens a new file, and fails where it exists. */
  readonly create?: (path: string) => Promise<SpoolFile>;
}

/** What a file holds. */
export interface SpoolContents {
  readonly rows: readonly Spooled[];
  /** Deletes it, once its rows are where they belong. */
  readonly done: () => Promise<void>;
}

/** How long one file is appended to, and after which time without a change nobody appends to it any more. Milliseconds. */
const OPEN_FOR = 60_000;
const ABANDONED = 2 * OPEN_FOR;

interface OpenFile {
  readonly file: SpoolFile;
  readonly name: string;
  readonly since: number;
  bytes: number;
}

/**
 * Rows that the database wouldn't take, in files that are only ever appended to. A row is kept once `keep` resolves:
 * written and synced, and its file's name with it. What a kill or a full disk cuts off was never said to be kept.
 */
export class Spool {
  readonly #directory: string;
  readonly #create: NonNullable<SpoolOptions['create']>;
  /** Files of this process, which only it reads. */
  readonly #own = new Set<string>();
  #current: OpenFile | null = null;
  /** One after the other: rows never mix. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ directory, create = createFile }: SpoolOptions) {
    this.#directory = directory;
    this.#create = create;
  }

  /** @throws whatever keeps the disk from taking it; it isn't kept then. */
  keep(row: Spooled): Promise<void> {
    return this.#inTurn(() => this.#append(row));
  }

  /** Files with something in them: of this process, and of those that are no more. Nobody appends to them afterwards. */
  contents(): Promise<SpoolContents[]> {
    return this.#inTurn(async () => {
      await this.#close();
      const names = (await readdir(this.#directory).catch(absent)).filter((name) => name.endsWith(SUFFIX)).sort();
      const readable: SpoolContents[] = [];
      for (const name of names) if (await this.#isOurs(name)) readable.push(await this.#read(name));
      return readable;
    });
  }

  /** Lets go of the file in hand. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #append(row: Spooled): Promise<void> {
    if (this.#current && Date.now() - this.#current.since > OPEN_FOR) await this.#close();
    this.#current ??= await this.#begin();
    const { file, bytes } = this.#current;
    const line = Buffer.from(lineOf(row));
    try {
      await file.write(line);
      await file.datasync();
      this.#current.bytes += line.length;
    } catch (problem) {
      // What was half written is cut off; should that fail too, it is a line that nobody can read, the last of its file.
      await file.truncate(bytes).catch(() => undefined);
      await this.#close();
      throw problem;
    }
  }

  async #begin(): Promise<OpenFile> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const name = `${Date.now()}-${process.pid}-${randomUUID()}${SUFFIX}`;
    const file = await this.#create(join(this.#directory, name));
    this.#own.add(name);
    await syncFolder(this.#directory);
    return { file, name, since: Date.now(), bytes: 0 };
  }

  async #close(): Promise<void> {
    const open = this.#current;
    this.#current = null;
    await open?.file.close().catch(() => undefined);
  }

  /** Files of another process are left to it while it lives and may append to them. */
  async #isOurs(name: string): Promise<boolean> {
    if (this.#own.has(name)) return true;
    const pid = Number(name.split('-')[1]);
    if (pid === process.pid || !isAlive(pid)) return true;
    const { mtimeMs } = await stat(join(this.#directory, name)).catch(() => ({ mtimeMs: Date.now() }));
    return Date.now() - mtimeMs > ABANDONED;
  }

  async #read(name: string): Promise<SpoolContents> {
    const path = join(this.#directory, name);
    const text = await readFile(path, 'utf8').catch(() => '');
    const done = async () => {
      await rm(path, { force: true });
      this.#own.delete(name);
    };
    return { rows: text.split('\n').flatMap((line) => rowOf(line) ?? []), done };
  }
}

const SUFFIX = '.spool';

/** A checksum first: a line that was cut off or overwritten isn't taken for one. */
function lineOf(row: Spooled): string {
  const json = JSON.stringify(row);
  return `${hash('sha256', json)} ${json}\n`;
}

function rowOf(line: string): Spooled | null {
  const json = line.slice(65);
  return json && hash('sha256', json) === line.slice(0, 64) ? (JSON.parse(json) as Spooled) : null;
}

async function createFile(path: string): Promise<SpoolFile> {
  return open(path, 'ax', 0o600);
}

/** A new file's name is kept by its folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function absent(problem: NodeJS.ErrnoException): string[] {
  if (problem.code === 'ENOENT' || problem.code === 'ENOTDIR') return [];
  throw problem;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EPERM';
  }
}
