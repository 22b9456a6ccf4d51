import { type ApiContext, requestIdOf } from './context.ts';
import { tellShown } from './execute.ts';
import { answeringTrpc } from './trpc.ts';

/** A subscription by what is its own; being let in, counted and answered with refusals is the same for all. */
export interface Subscription<Wish, Step> {
  readonly name: string;
  /** What somebody asks for, once it is clear that they may. */
  readonly admit: (context: ApiContext, input: unknown) => Promise<Wish>;
  /** Whether what it shows is recorded by itself. */
  readonly tells?: true;
  readonly steps: (wish: Wish, signal: AbortSignal) => AsyncGenerator<Step, void>;
}

/** What tRPC calls with a subscription's input. */
interface Opened {
  readonly ctx: ApiContext;
  readonly input: unknown;
  readonly signal: AbortSignal | undefined;
}

/** The resolver of a tRPC subscription. */
export function subscription<Wish, Step>({ name, admit, tells, steps }: Subscription<Wish, Step>) {
  return async ({ ctx, input, signal = new AbortController().signal }: Opened): Promise<AsyncIterable<Step, void>> => {
    const about = { requestId: requestIdOf(ctx), name, context: ctx };
    const asked = async () => {
      await ctx.admit(name);
      const wish = await admit(ctx, input);
      const viewer = tells ? null : await ctx.viewer();
      if (viewer) await tellShown(name, viewer, { ...ctx, requestId: about.requestId }, ctx.services.log);
      return wish;
    };
    const wish = await answeringTrpc(() => (ctx.connection ? ctx.connection.call(asked) : asked()), about);
    return whileRead(ctx, () => steps(wish, signal), about);
  };
}

/** Holds what it takes only while it is really read: tRPC may drop a subscription before its first step. */
async function* whileRead<Step>(
  { connection }: ApiContext,
  begin: () => AsyncGenerator<Step, void>,
  about: Parameters<typeof answeringTrpc>[1],
): AsyncGenerator<Step, void> {
  await answeringTrpc(async () => connection?.enter(), about);
  const steps = begin();
  try {
    for (;;) {
      const step = await answeringTrpc(() => steps.next(), about);
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await steps.return();
    connection?.leave();
  }
}
