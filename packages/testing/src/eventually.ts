import { setTimeout as sleep } from 'node:timers/promises';

/** How long, and how often, to look; in milliseconds. */
export interface Patience {
  /** Default 15000: a machine that runs many tests at once may stand still for seconds. */
  readonly timeout?: number;
  /** Default 10. */
  readonly interval?: number;
}

/**
 * Looks again and again until `check` holds: it neither throws, rejects nor answers `false`. Resolves with its answer.
 *
 * @throws Error after the timeout, with what the last look found as its cause.
 */
export async function eventually<Answer>(
  check: () => Answer | Promise<Answer>,
  { timeout = 15_000, interval = 10 }: Patience = {},
): Promise<Exclude<Answer, false>> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const [answer, problem] = await look(check);
    if (problem === undefined && answer !== false) return answer as Exclude<Answer, false>;
    if (performance.now() > deadline)
      throw new Error(`not so within ${timeout} ms: ${problem?.message ?? 'the condition is false'}`, { cause: problem });
    await sleep(interval);
  }
}

async function look<Answer>(check: () => Answer | Promise<Answer>): Promise<[Answer | undefined, Error | undefined]> {
  try {
    return [await check(), undefined];
  } catch (problem) {
    return [undefined, problem instanceof Error ? problem : new Error(String(problem))];
  }
}
