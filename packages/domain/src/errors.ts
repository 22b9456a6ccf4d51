/** The closed set of ways in which the domain refuses; the edge translates each to a status once. */
export type RefusalCode =
  | 'VALIDATION_ERROR'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'SESSION_RENEWED'
  | 'TOO_LARGE'
  | 'RATE_LIMITED';

/** What is wrong with one field, and what to do; `field` is the specification's name, with a path where it is nested (`entries.2026-11-03.daily_check_out`). */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** A field that somebody else changed since the caller read it. */
export interface ConflictingField {
  readonly field: string;
  /** The value on which the caller's version was based, and the present one: exact text, null for none. */
  readonly base: string | null;
  readonly present: string | null;
  readonly changedBy: { readonly id: string | null; readonly name: string } | null;
  readonly changedAt: string;
}

export interface RefusalMore {
  readonly fields?: readonly FieldProblem[];
  readonly conflicts?: readonly ConflictingField[];
  /** Seconds after which it can be tried again. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** A refusal that the caller can understand and mend. `message` says what is wrong, `details` what to do. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly details: string | undefined;
  readonly fields: readonly FieldProblem[] | undefined;
  readonly conflicts: readonly ConflictingField[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: RefusalCode, message: string, details?: string, more: RefusalMore = {}) {
    super(message, { cause: more.cause });
    this.name = 'Refusal';
    this.code = code;
    this.details = details;
    this.fields = more.fields;
    this.conflicts = more.conflicts;
    this.retryAfter = more.retryAfter;
  }
}
