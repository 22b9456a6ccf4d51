import { setImmediate as turn } from 'node:timers/promises';

/** Items between two looks at what else waits: a few milliseconds of work. */
const SLICE = 64;

/** `items.map(work)` that lets go of the thread now and then: for requests, and for the answers of the database. */
export async function inSlices<Item, Result>(items: readonly Item[], work: (item: Item, index: number) => Result): Promise<Result[]> {
  const results: Result[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % SLICE === 0) await turn();
    results.push(work(item, i));
  }
  return results;
}
