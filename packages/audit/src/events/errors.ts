import type { Target } from './entry.ts';

/**
 * A change could not be recorded: it was not saved, or where it was saved already, it is recorded as unreadable. Names the
 * record and what to do; the cause is kept.
 */
export class AuditLogError extends Error {
  readonly target: Pick<Target, 'type' | 'id'> | null;

  constructor(message: string, target: Pick<Target, 'type' | 'id'> | null, cause?: unknown) {
    super(message, { cause });
    this.name = 'AuditLogError';
    this.target = target;
  }
}

/** What was read could not be recorded yet: it waits on this node's disk, and is tried again. */
export class AuditDeferred extends AuditLogError {
  constructor(...given: ConstructorParameters<typeof AuditLogError>) {
    super(...given);
    this.name = 'AuditDeferred';
  }
}

/** The declarations contradict each other or the entities: found at start-up, with everything that is wrong. */
export class PolicyError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], headline = "The audit policies don't fit the entities") {
    super(`${headline}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'PolicyError';
    this.problems = problems;
  }
}

/** What the application told of a change isn't what the database saw; what it saw is recorded. Names record and fields, no values. */
export class AuditDisagreement extends Error {
  /** How many there are: of more than a few, the message names the first ones. */
  readonly count: number;

  constructor(message: string, count = 1) {
    super(message);
    this.name = 'AuditDisagreement';
    this.count = count;
  }
}

/** What is wrong with one part of the metadata; `field` is its path, `rows.0.count`, or empty for all of it. */
export interface MetadataProblem {
  readonly field: string;
  readonly reason: string;
}

/** What is told of an action isn't what the action demands; nothing is recorded. Names each field, and why it is refused. */
export class MetadataError extends AuditLogError {
  readonly problems: readonly MetadataProblem[];

  constructor(action: string, problems: readonly MetadataProblem[]) {
    const list = problems.map(({ field, reason }) => `${field === '' ? 'metadata' : `metadata.${field}`}: ${reason}`);
    super(`${action} was not recorded. ${list.join('; ')}`, null);
    this.name = 'MetadataError';
    this.problems = problems;
  }
}

/** Somebody tried to alter the log. It was refused; who and what stands in the log. */
export class AuditTampering extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AuditTampering';
  }
}

/** By which policies the database records now, and since when. */
export interface PoliciesInForce {
  /** What the program that put them in force calls itself; null where it doesn't say. */
  readonly release: string | null;
  readonly since: string;
}

/** The database records by other policies than this program's, which would leave out what it doesn't know of. */
export class OutdatedPolicies extends Error {
  constructor({ release: theirs, since }: PoliciesInForce, release: string | null) {
    const of = (version: string | null) => (version === null ? '' : ` of version ${version}`);
    super(
      `The audit policies of this program${of(release)} aren't those${of(theirs)} by which the database records since ${since}: it would leave out what it doesn't know of. Start the program that brought those. To go back to these on purpose, stop all nodes and migrate with --go-back.`,
    );
    this.name = 'OutdatedPolicies';
  }

  /** The same, where no other node numbers. */
  whileRowsWait(rows: number): OutdatedPolicies {
    return Object.assign(new OutdatedPolicies({ release: null, since: '' }, null), {
      message: `${rows} rows wait in the inbox, and no node numbers them. ${this.message}`,
    });
  }
}

/** A transaction takes more memory than the process may use, and the log waits for it. Says how much; both in megabytes of Node's heap. */
export class TransactionTooLarge extends Error {
  constructor({ rows, needed, allowed }: { readonly rows: number; readonly needed: number; readonly allowed: number }) {
    super(
      `A transaction of ${rows} row changes waits to be numbered, and everything after it: it takes about ${needed} MB of memory, and this process may use ${allowed}. Nothing is lost. Start one node with NODE_OPTIONS=--max-old-space-size=${needed} until it is numbered.`,
    );
    this.name = 'TransactionTooLarge';
  }
}
