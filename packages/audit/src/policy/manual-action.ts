import type { Json } from '@countersign/proof/canonical';
import type { MetadataProblem } from '../events/errors.ts';
import type { ActionPolicy, Failure } from './policy.ts';

/** What stands beside an event: plain JSON. What is undefined is left out. */
export interface Metadata {
  readonly [key: string]: Json | undefined;
}

interface Accepted<Output> {
  readonly value: Output;
  readonly issues?: undefined;
}

interface Refused {
  readonly issues: readonly {
    readonly message: string;
    readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  }[];
}

/** A schema of any library that speaks the Standard Schema (version 1), as zod, valibot and arktype do; one that answers at once. */
export interface MetadataSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Accepted<Output> | Refused | Promise<Accepted<Output> | Refused>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** The Standard JSON Schema (version 1), where the library speaks it. */
    readonly jsonSchema?: { readonly input: (options: { readonly target: 'draft-2020-12' }) => object } | undefined;
  };
}

/** What is done and changes no record: a mail that was sent, a job that ran, an export, a view. */
export interface ManualAction<Input = unknown> extends ActionPolicy {
  /** Its published name, unlike any other: `carrots_weighed`. */
  readonly name: string;
  readonly area: string;
  /** What must be told of it. Personal data don't belong there: it stands in clear. */
  readonly metadata: MetadataSchema<Input, Metadata>;
  /** Whether it is refused where nobody has signed in. */
  readonly needsPerson?: boolean;
  /**
   * What happens where it can't be written; unless said, what the entity says that it is about, else `block`. `defer` is for what only reads, such as a view or an
   * export: the event is then written by itself, not with the caller's transaction, which has nothing to take back.
   */
  readonly failure?: Failure;
  /**
   * Raised by whoever changes what `metadata` takes, where its library has no words for it in JSON Schema: a refinement, a
   * transformation. Nodes of an earlier revision then leave the numbering to those of this one.
   */
  readonly revision?: number;
  /** Whether it is done no more. `record` refuses it; what was told before and still waits is recorded, and older entries keep its words. */
  readonly retired?: boolean;
}

/**
 * Declares an action that is no change of a record; stands beside the code that does it, and in `actions` of `new Audit()`.
 * `record` writes it down, with metadata of this form and no other.
 */
export const manualAction = <Input>(action: ManualAction<Input>): ManualAction<Input> => action;

/** What must be told of an action. */
export type MetadataOf<Action extends ManualAction> = Action extends ManualAction<infer Input> ? Input : never;

/** Metadata as they are recorded, or what is wrong with them. */
export type CheckedMetadata = { readonly metadata: Metadata } | { readonly problems: readonly MetadataProblem[] };

/** Holds metadata against an action's schema. */
export function checkedMetadata(schema: MetadataSchema<unknown, Metadata>, given: unknown): CheckedMetadata {
  const result = schema['~standard'].validate(given);
  if (result instanceof Promise) {
    // Nobody waits for it, so nobody else hears of its failure.
    result.catch(() => undefined);
    return { problems: [{ field: '', reason: 'its schema answers later: take one that answers at once' }] };
  }
  if (!result.issues) return { metadata: result.value };
  const problems = result.issues.map(({ message, path = [] }) => ({
    field: path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
    reason: message,
  }));
  return { problems };
}
