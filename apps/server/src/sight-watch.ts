import type { EntityManager } from '@mikro-orm/postgresql';
import { endOverSights } from '@countersign/domain/people/sight/see-as';

/** Milliseconds. What is over shows nothing any more from that moment on; this is how late its end may stand in the log. */
const EVERY = 5_000;

/** AC-7: records that a look through somebody else's eyes is over, where nobody came back from it. @returns how to stop. */
export function watchSights(em: EntityManager, report: (problem: unknown) => void): () => Promise<void> {
  let looking: Promise<void> | null = null;
  const look = () => {
    looking ??= endOverSights(em)
      .then(() => undefined, report)
      .finally(() => (looking = null));
  };
  const timer = setInterval(look, EVERY).unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
