import { getErrorShape, initTRPC, type TRPCDefaultErrorData, type TRPCDefaultErrorShape, TRPCError } from '@trpc/server';
import { type ConflictingField, type FieldProblem, Refusal, type RefusalCode } from '@countersign/domain/errors';
import type { ApiContext } from './context.ts';
import { asRefusal, httpStatusOf, refusalCodeOf, trpcCodeOf, Unexpected, unexpected, UNEXPECTED_MESSAGE } from './refusals.ts';

/** A refusal as typed clients get it. */
export interface RefusalShape {
  readonly code: RefusalCode;
  readonly details: string | null;
  readonly fields: readonly FieldProblem[];
  readonly conflicts: readonly ConflictingField[];
}

/** What every error of every procedure looks like. */
export interface ApiErrorShape extends TRPCDefaultErrorShape {
  data: Omit<TRPCDefaultErrorData, 'stack'> & {
    /** What the caller can mend; null where it isn't theirs. */
    refusal: RefusalShape | null;
    /** To be named when asking for help about an error that isn't the caller's. */
    requestId: string | null;
  };
}

// No transformer: prebuilt frames of the live subscription are plain JSON, and so is everything else.
export const t = initTRPC.context<ApiContext>().create({
  isDev: false,
  errorFormatter: ({ error, shape }): ApiErrorShape => errorShape(error, shape),
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 20_000 } },
});

function errorShape(error: TRPCError, shape: TRPCDefaultErrorShape): ApiErrorShape {
  const { code, httpStatus, path } = shape.data;
  const data = { code, httpStatus, ...(path === undefined ? {} : { path }) };
  const { cause } = error;
  if (cause instanceof Refusal)
    return { ...shape, message: cause.message, data: { ...data, refusal: refusalShape(cause), requestId: null } };
  if (httpStatus >= 500)
    return {
      ...shape,
      message: UNEXPECTED_MESSAGE,
      data: { ...data, refusal: null, requestId: cause instanceof Unexpected ? cause.requestId : null },
    };
  return { ...shape, message: clientMessage(error), data: { ...data, refusal: ownRefusal(error, httpStatus), requestId: null } };
}

const refusalShape = ({ code, details, fields, conflicts }: Refusal): RefusalShape => ({
  code,
  details: details ?? null,
  fields: fields ?? [],
  conflicts: conflicts ?? [],
});

/** What tRPC itself found wrong. Its causes quote the input or the parser, so only messages of its own leave. */
const clientMessage = (error: TRPCError) => (error.cause ? 'The request could not be understood' : error.message);

function ownRefusal(error: TRPCError, httpStatus: number): RefusalShape | null {
  if (error.code === 'PRECONDITION_FAILED') return null; // the live subscription's "reload": nothing was refused
  return { code: refusalCodeOf(httpStatus), details: 'Send JSON as the interface describes it.', fields: [], conflicts: [] };
}

/** Runs a procedure's work; whatever it throws leaves as an error that the formatter knows how to show. */
export async function answeringTrpc<Result>(
  work: () => Promise<Result>,
  { requestId, name, context }: { requestId: string; name: string; context: ApiContext },
): Promise<Result> {
  try {
    return await work();
  } catch (problem) {
    if (problem instanceof TRPCError) throw problem;
    const refusal = asRefusal(problem);
    if (refusal) throw new TRPCError({ code: trpcCodeOf(refusal.code), message: refusal.message, cause: refusal });
    throw new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: UNEXPECTED_MESSAGE,
      cause: unexpected(problem, { requestId, name, report: context.services.report }),
    });
  }
}

/** A refusal that comes before tRPC has looked at a request, in tRPC's own form: clients understand no other. */
export function refusedTrpc(refusal: Refusal): Response {
  const error = new TRPCError({ code: trpcCodeOf(refusal.code), message: refusal.message, cause: refusal });
  const shape = getErrorShape({ config: t._config, error, type: 'unknown', path: undefined, input: undefined, ctx: undefined });
  return Response.json({ error: shape }, { status: httpStatusOf(refusal.code) });
}
