import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventPage } from '../../src/api/views.ts';
import { firstScreen, hasNewer, newer } from '../../src/features/trail/feed.ts';
import { readAfter } from '../../src/features/trail/read-after.ts';
import { makeEvent } from '../fake/cards.ts';

/** A log in which only some positions may be seen, newest first; counts how often it was asked. */
function logOf(visible: readonly number[], head: number) {
  const log = {
    asked: 0,
    read: async ({ before, limit }: { before: number; limit: number }): Promise<EventPage> => {
      log.asked += 1;
      const below = visible.filter((position) => position < before);
      const events = below.slice(0, limit).map((position) => makeEvent(position));
      const next = below.length > limit ? (events.at(-1)?.position ?? null) : null;
      return { events, position: head, next, total: { count: visible.length, more: false }, waiting: 0 };
    },
  };
  return log;
}

/** Goes up from a look back to the end of the log. */
async function climb(visible: readonly number[], { head, before }: { head: number; before: number }) {
  const log = logOf(visible, head);
  let feed = firstScreen(await log.read({ before, limit: 100 }), { past: true, before });
  log.asked = 0;
  while (hasNewer(feed)) {
    const { stretch, head: end } = await readAfter(feed, log.read);
    feed = newer(feed, stretch, end);
  }
  return { asked: log.asked, shown: feed.shown.map(({ position }) => position) };
}

const downFrom = (head: number, step = 1) => Array.from({ length: Math.floor(head / step) }, (_, index) => head - index * step);

describe('what stands right after a look back', () => {
  test('AUD-21: comes without a hole and without a double, however events lie', async () => {
    const positions = fc.uniqueArray(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(positions, fc.integer({ min: 2, max: 3001 }), async (some, before) => {
        const visible = some.toSorted((one, other) => other - one);
        const below = visible.filter((position) => position < before).slice(0, 100);
        const { shown } = await climb(visible, { head: 3000, before });
        expect(shown).toEqual([...visible.filter((position) => position >= before), ...below]);
      }),
      { numRuns: 60 },
    );
  });

  test('takes one question for two hundred events where all may be seen', async () => {
    const { asked, shown } = await climb(downFrom(2000), { head: 2000, before: 1001 });
    expect(shown).toHaveLength(1100);
    expect(asked).toBe(5);
  });

  test('takes few where few may be seen among a million, and where they lie close together again', async () => {
    const sparse = downFrom(1_000_000, 50_000);
    expect((await climb(sparse, { head: 1_000_000, before: 50_001 })).asked).toBeLessThanOrEqual(2);
    const close = [...downFrom(1_000_000).slice(0, 300), 900, 500, 100];
    const { asked, shown } = await climb(close, { head: 1_000_000, before: 901 });
    expect(shown).toEqual(close);
    expect(asked).toBeLessThanOrEqual(30);
  });
});
