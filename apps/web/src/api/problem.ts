import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '@countersign/client';

type ErrorData = NonNullable<TRPCClientError<AppRouter>['data']>;
export type Refusal = NonNullable<ErrorData['refusal']>;
export type Conflict = Refusal['conflicts'][number];
export type FieldProblem = Refusal['fields'][number];

/** What went wrong, in the form in which pages can say it: what, why, and what to name when asking for help. */
export class Problem extends Error {
  /** The refusal's code, `OFFLINE` where nobody answered, else the server's own. */
  readonly code: string;
  readonly details: string | null;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];
  readonly conflicts: readonly Conflict[];

  constructor(
    message: string,
    about: {
      code: string;
      details?: string | null;
      requestId?: string | null;
      fields?: readonly FieldProblem[];
      conflicts?: readonly Conflict[];
      cause?: unknown;
    },
  ) {
    super(message, { cause: about.cause });
    this.name = 'Problem';
    this.code = about.code;
    this.details = about.details ?? null;
    this.requestId = about.requestId ?? null;
    this.fields = about.fields ?? [];
    this.conflicts = about.conflicts ?? [];
  }
}

/** Reads whatever was thrown as a problem that can be shown. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TRPCClientError) return ofTrpc(thrown as TRPCClientError<AppRouter>);
  if (thrown instanceof TypeError) return unreachable(thrown);
  return new Problem('This page failed', {
    code: 'PAGE',
    details: thrown instanceof Error ? thrown.message : String(thrown),
    cause: thrown,
  });
}

function ofTrpc(error: TRPCClientError<AppRouter>): Problem {
  const { data } = error;
  if (!data) return unreachable(error);
  const { refusal } = data;
  return new Problem(error.message, {
    code: refusal?.code ?? data.code,
    details: refusal?.details ?? null,
    requestId: data.requestId,
    fields: refusal?.fields ?? [],
    conflicts: refusal?.conflicts ?? [],
    cause: error,
  });
}

/** `fetch` throws a TypeError for whatever kept it from an answer, and a proxy without a server answers no JSON. */
const unreachable = (cause: unknown) =>
  new Problem('The server can’t be reached', { code: 'OFFLINE', details: 'Check the connection. Nothing that you typed is lost.', cause });

export const isUnauthorized = (thrown: unknown): boolean => problemOf(thrown).code === 'UNAUTHORIZED';
