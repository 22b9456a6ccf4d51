import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arrive,
  type Feed,
  firstScreen,
  hasNewer,
  HELD,
  isFull,
  isOverflowing,
  KEPT,
  newer,
  older,
  pause,
  renewed,
  resume,
} from '../../src/features/trail/feed.ts';
import type { EventPage, EventView } from '../../src/api/views.ts';
import { makeEvent } from '../fake/cards.ts';

const page = (positions: readonly number[], more: Partial<EventPage> = {}): EventPage => ({
  events: positions.map((position) => makeEvent(position)),
  position: positions[0] ?? 0,
  next: null,
  total: { count: positions.length, more: false },
  waiting: 0,
  ...more,
});
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => to - index);
const stretch = (from: number, to: number, positions = range(from + 1, to)) => ({
  from,
  to,
  events: positions.map((position) => makeEvent(position)),
});
const positions = (events: readonly EventView[]) => events.map(({ position }) => position);

/** What a stretch makes of a feed that has no gap to it. */
function after(feed: Feed, ...stretches: ReturnType<typeof stretch>[]): Feed {
  return stretches.reduce((now, one) => {
    const arrival = arrive(now, one);
    if (arrival.verdict === 'gap') throw new Error('a gap');
    return arrival.feed;
  }, feed);
}

describe('the tail joins the first screen', () => {
  test('what comes right after it stands above it', () => {
    expect(positions(after(firstScreen(page([3, 2, 1])), stretch(3, 5)).shown)).toEqual([5, 4, 3, 2, 1]);
  });

  test('AUD-21: what the first screen showed already is not shown twice', () => {
    const feed = firstScreen(page([3, 2, 1]));
    expect(arrive(feed, stretch(0, 3)).verdict).toBe('known');
    expect(positions(after(feed, stretch(1, 4)).shown)).toEqual([4, 3, 2, 1]);
  });

  test('a stretch that begins beyond what was told is a gap', () => {
    expect(arrive(firstScreen(page([3, 2, 1])), stretch(4, 6)).verdict).toBe('gap');
  });

  test('a stretch without anything to see moves the position on', () => {
    const feed = after(firstScreen(page([3])), stretch(3, 90, []));
    expect(feed.position).toBe(90);
    expect(positions(feed.shown)).toEqual([3]);
    expect(arrive(feed, stretch(80, 91)).verdict).toBe('taken');
  });

  test('AUD-20: however often the line breaks and repeats, each event is shown once and in order', () => {
    const cuts = fc.array(fc.record({ back: fc.nat(30), length: fc.nat(40), pause: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (steps) => {
        let feed = firstScreen(page(range(1, 20)));
        for (const { back, length, pause: still } of steps) {
          if (still) feed = feed.still ? resume(feed) : pause(feed, 'asked');
          // A line that was cut repeats from some position that it told before.
          const from = Math.max(0, feed.position - back);
          feed = after(feed, stretch(from, from + length));
        }
        const all = positions(resume(feed).shown);
        expect(all).toEqual(range(1, feed.position));
      }),
    );
  });
});

describe('holding still', () => {
  const paused = pause(firstScreen(page([3, 2, 1])), 'scrolled');

  test('nothing that is shown changes while events come in', () => {
    const feed = after(paused, stretch(3, 6));
    expect(feed.shown).toBe(paused.shown);
    expect(feed.heldCount).toBe(3);
  });

  test('going on shows what waited, and marks where one stopped', () => {
    const feed = resume(after(paused, stretch(3, 6)));
    expect(positions(feed.shown)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(feed).toMatchObject({ still: null, heldCount: 0, stoppedAt: 3 });
  });

  test('going on with nothing new marks nothing', () => {
    expect(resume(paused).stoppedAt).toBeNull();
  });

  test('a pause that was asked for is not lifted by what merely happens', () => {
    expect(pause(pause(paused, 'asked'), 'scrolled').still).toBe('asked');
  });

  test('more than can wait is counted, and not kept', () => {
    const feed = after(paused, stretch(3, 3 + HELD + 1));
    expect(isOverflowing(feed)).toBe(true);
    expect(feed.held).toHaveLength(0);
    expect(feed.heldCount).toBe(HELD + 1);
  });
});

describe('bounded memory', () => {
  test('the oldest go, and the cursor says where to read them again', () => {
    const feed = after(firstScreen(page(range(1, 100))), stretch(100, KEPT + 50));
    expect(feed.shown).toHaveLength(KEPT);
    expect(feed.next).toBe(51);
    expect(isFull(feed)).toBe(true);
    expect(positions(older(feed, page([50, 49]), 51).shown.slice(-3))).toEqual([51, 50, 49]);
  });

  test('an answer to a question that was asked before the cursor moved is ignored', () => {
    const feed = firstScreen(page([9, 8], { next: 8 }));
    expect(older(feed, page([7, 6]), 100)).toBe(feed);
  });
});

describe('a look back', () => {
  const back = (before: number, shown = range(before - 100, before - 1)) =>
    firstScreen(page(shown, { position: 1_000_000, next: shown.at(-1) ?? null }), { past: true, before });

  test('ends where it was asked to, and holds still for good', () => {
    expect(back(500)).toMatchObject({ position: 499, head: 1_000_000, still: 'asked' });
    expect(hasNewer(back(500))).toBe(true);
    expect(back(2_000_000).position).toBe(1_000_000);
    expect(hasNewer(back(2_000_000))).toBe(false);
  });

  test('what is newer comes on top, and a stretch that is not the next one is ignored', () => {
    const feed = newer(back(500), stretch(499, 520), 1_000_050);
    expect(positions(feed.shown).slice(0, 23)).toEqual(range(498, 520));
    expect(feed).toMatchObject({ position: 520, head: 1_000_050, seams: [500] });
    expect(newer(feed, stretch(499, 520), 1)).toBe(feed);
  });

  test('it keeps no more than it may: what goes at one end comes back there', () => {
    const full = firstScreen(page(range(1001, 1000 + KEPT), { position: 90_000, next: 1001 }), { past: true, before: 1001 + KEPT });
    expect(isFull(full)).toBe(false);
    const down = older(full, page(range(901, 1000), { next: 901 }), 1001);
    expect(down.shown).toHaveLength(KEPT);
    expect(down).toMatchObject({ position: 900 + KEPT, next: 901 });
    const up = newer(down, stretch(900 + KEPT, 1000 + KEPT), 90_000);
    expect(positions(up.shown)).toEqual(positions(full.shown));
    expect(up.next).toBe(1001);
  });

  test('a live page that is full doesn’t slide: it leads on to a look back', () => {
    const full = firstScreen(page(range(101, 100 + KEPT), { next: 101 }));
    expect(isFull(full)).toBe(true);
  });
});

test('pages that join while the list holds still leave a seam, until it goes on', () => {
  const first = page([9, 8], { next: 8 });
  expect(older(firstScreen(first), page([7, 6]), 8).seams).toEqual([]);
  const read = older(pause(firstScreen(first), 'scrolled'), page([7, 6]), 8);
  expect(read.seams).toEqual([8]);
  expect(resume(read).seams).toEqual([]);
});

test('a feed that is read anew keeps a pause that was asked for, and says where one stopped', () => {
  const feed = renewed(pause(firstScreen(page([3, 2, 1])), 'asked'), firstScreen(page([900, 899])));
  expect(feed).toMatchObject({ still: 'asked', stoppedAt: 3, position: 900 });
  expect(renewed(pause(firstScreen(page([3])), 'scrolled'), firstScreen(page([900]))).still).toBeNull();
});
