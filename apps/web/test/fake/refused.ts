export type Refusal = NonNullable<{
  code: string;
  message: string;
  details?: string;
  fields?: { field: string; message: string }[];
  conflicts?: Conflict[];
  requestId?: string;
  httpStatus?: number;
}>;
export interface Conflict {
  readonly field: string;
  readonly base: string | null;
  readonly present: string | null;
  readonly changedBy: { readonly id: string | null; readonly name: string } | null;
  readonly changedAt: string;
}

/** What a procedure throws to be refused, in the form of the wire. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
