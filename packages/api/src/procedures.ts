import type { AnyTRPCProcedure, TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type { Command, DottedName } from '@countersign/domain/definition';
import { callerOf, requestIdOf } from './context.ts';
import type { Definition, InputOf, OutputOf } from './definition.ts';
import { execute } from './execute.ts';
import { answeringTrpc, type ApiErrorShape, t } from './trpc.ts';

type AreaOf<Name extends DottedName> = Name extends `${infer Area}.${string}` ? Area : never;
type VerbOf<Name extends DottedName, Area extends string> = Name extends `${Area}.${infer Verb}` ? Verb : never;

interface Typed<Defined extends Definition> {
  /** May be left out altogether where every field may. */
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- this is the question: does an empty object do?
  input: Record<never, never> extends InputOf<Defined> ? InputOf<Defined> | undefined : InputOf<Defined>;
  output: OutputOf<Defined>;
  meta: unknown;
  errorShape: ApiErrorShape;
}

type ProcedureOf<Defined extends Definition> = Defined['kind'] extends Command['kind']
  ? TRPCMutationProcedure<Typed<Defined>>
  : TRPCQueryProcedure<Typed<Defined>>;

/** The definitions as procedures, nested by their dotted names: `timecards.update` is `{ timecards: { update } }`. */
export type Procedures<Defined extends Definition> = {
  [Area in AreaOf<Defined['name']>]: {
    [Verb in VerbOf<Defined['name'], Area>]: ProcedureOf<Extract<Defined, { readonly name: `${Area}.${Verb}` }>>;
  };
};

/** Procedures by hand, by area: subscriptions, which no definition describes. */
type ByHand = Readonly<Record<string, Readonly<Record<string, AnyTRPCProcedure>>>>;

/**
 * Derives the tRPC procedures, and puts those made by hand beside them; a further definition needs no edit here or
 * anywhere else.
 */
export function procedures<const Defined extends Definition, const Besides extends ByHand>(
  definitions: readonly Defined[],
  besides: Besides,
): Procedures<Defined> & Besides {
  const areas: Record<string, Record<string, AnyTRPCProcedure>> = Object.fromEntries(
    Object.entries(besides).map(([area, verbs]) => [area, { ...verbs }]),
  );
  for (const definition of definitions) {
    const [area, verb] = definition.name.split('.') as [string, string];
    (areas[area] ??= {})[verb] = procedure(definition);
  }
  // The one cast between what the loop builds and what the mapped types say of it: they go by the same names, which
  // the literal type of each definition's name holds, and by the same schemas.
  return areas as unknown as Procedures<Defined> & Besides;
}

function procedure(definition: Definition) {
  // Parsing is `execute`'s: one place for tRPC, REST and callers without any transport.
  const base = t.procedure.input((raw: unknown) => raw);
  return definition.kind === 'command' ? base.mutation((call) => answer(definition, call)) : base.query((call) => answer(definition, call));
}

function answer(definition: Definition, { ctx, input }: { ctx: Parameters<typeof callerOf>[0]; input: unknown }): Promise<unknown> {
  const requestId = requestIdOf(ctx);
  const work = async () => {
    await ctx.admit(definition.name);
    return execute(definition, input, { caller: await callerOf(ctx, requestId), runtime: ctx.services });
  };
  return answeringTrpc(() => (ctx.connection ? ctx.connection.call(work) : work()), { requestId, name: definition.name, context: ctx });
}
