import { describe, expect, it } from 'vitest';
import { inOrder } from '../src/merge/in-order.ts';
import type { Seen, Texts } from '../src/merge/seen.ts';

// The order in which triggers write what they saw isn't always that in which it happened.

/** Written by a statement at this depth of triggers, of this message; by triggers of an earlier release unless told. */
const seen = (key: string, before: Texts | null, after: Texts | null, depth: number | null = null, message: string | null = null) =>
  ({ table: 'rabbit', key, before, after, who: { depth, message } }) as Seen;

describe('AUD-4 the changes of one record, in the order in which they happened', () => {
  it('what another trigger does because of a change comes after it, though it is written before, in however many statements', () => {
    const outer = seen('1', { weight: '1', born: 'old', name: 'a' }, { weight: '1', born: 'old', name: 'b' });
    const first = seen('1', { weight: '1', born: 'old' }, { weight: '2', born: 'old' });
    const second = seen('1', { weight: '2', born: 'old' }, { weight: '2', born: 'new' });
    const third = seen('1', { weight: '2', born: 'new', hops: '1' }, { weight: '2', born: 'new', hops: '2' });
    expect(inOrder([first, second, third, outer])).toEqual([outer, first, second, third]);
  });

  it('what follows goes on from what was put behind, though the record was once as it leaves it', () => {
    const rows = [
      seen('1', { weight: '3', name: 'a' }, { weight: '3', name: 'b' }),
      seen('1', { weight: '3', name: 'b' }, { weight: '3', name: 'c' }),
    ];
    const outer = seen('1', { weight: '3', name: 'c' }, { weight: '3', name: 'd' });
    const inner = seen('1', { weight: '3' }, { weight: '1' });
    const back = seen('1', { weight: '1', name: 'd' }, { weight: '3', name: 'a' });
    expect(inOrder([...rows, inner, outer, back])).toEqual([...rows, outer, inner, back]);
  });

  it('a record that one statement changed very often keeps all of its changes', () => {
    const rows = Array.from({ length: 150_000 }, (_, n) => seen('1', { weight: String(n) }, { weight: String(n + 1) }, 1, 'one'));
    expect(inOrder(rows)).toHaveLength(150_000);
  });

  it('nor does it matter that what was looked at later fits none of them', () => {
    const rows = Array.from({ length: 150_000 }, (_, n) => seen('1', { weight: String(n) }, { weight: String(n + 1) }, 1, 'one'));
    const elsewhere = { ...seen('9', { weight: '1' }, { weight: '2' }, 1, 'one'), table: 'warren' };
    const last = { ...seen('1', { weight: 'another' }, { weight: 'one more' }, 1, 'one'), stood: false };
    expect(inOrder([...rows, elsewhere, last])).toHaveLength(150_002);
  });

  it('what was changed very often stands before what each change set off', () => {
    const pairs = Array.from({ length: 10_000 }, (_, n) => ({
      set: seen('1', { weight: `${n}`, hops: `${n}` }, { weight: `${n + 1}`, hops: `${n}` }),
      off: seen('1', { weight: `${n + 1}`, hops: `${n}` }, { weight: `${n + 1}`, hops: `${n + 1}` }),
    }));
    expect(inOrder(pairs.flatMap(({ set, off }) => [off, set]))).toEqual(pairs.flatMap(({ set, off }) => [set, off]));
  });

  it('texts with thousands of digits are compared at once', () => {
    const digits = `1.${'0'.repeat(200_000)}1`;
    const rows = [seen('1', { weight: '1' }, { weight: `${digits}x` }), seen('1', { weight: digits }, { weight: '2' })];
    expect(inOrder(rows)).toEqual(rows);
  });

  it('a record is made first', () => {
    const made = seen('1', null, { weight: '1', name: 'a' });
    const first = seen('1', { weight: '1' }, { weight: '2' });
    const second = seen('1', { weight: '2' }, { weight: '3' });
    const other = seen('2', { weight: '1' }, { weight: '7' });
    expect(inOrder([first, other, second, made])).toEqual([made, other, first, second]);
  });

  it('what goes back and forth, and what has nothing to do with each other, stays as it was written', () => {
    const there = seen('1', { weight: '1' }, { weight: '2' });
    const back = seen('1', { weight: '2' }, { weight: '1' });
    const again = seen('1', { weight: '1' }, { weight: '2' });
    const name = seen('1', { name: 'a' }, { name: 'b' });
    for (const rows of [
      [there, back, again],
      [name, there, back],
      [there, name, back],
    ])
      expect(inOrder(rows)).toEqual(rows);
  });

  it('nothing moves from one life of a record into another', () => {
    const ended = seen('1', { weight: '3', name: 'a' }, null);
    const made = seen('1', null, { weight: '1', name: 'b' });
    const before = seen('1', { weight: '2' }, { weight: '3' });
    const after = seen('1', { weight: '1' }, { weight: '2' });
    expect(inOrder([before, ended, made, after])).toEqual([before, ended, made, after]);
  });

  it('nothing happens to a record that is gone, unless it is made anew', () => {
    const ended = seen('1', { rival: null, name: 'a' }, null);
    const emptied = seen('1', { rival: '3' }, { rival: null });
    expect(inOrder([ended, emptied])).toEqual([emptied, ended]);
    const made = seen('1', null, { rival: null, name: 'b' });
    expect(inOrder([ended, emptied, made])).toEqual([emptied, ended, made]);
    const named = seen('1', { rival: null, name: 'b' }, { rival: '4', name: 'b' });
    expect(inOrder([ended, named, made])).toEqual([ended, made, named]);
  });

  it('where a column changed that nobody recorded by itself, what follows stays where it is', () => {
    const rows = [
      seen('1', { stamp: '1', name: 'a' }, { stamp: '2', name: 'b' }),
      seen('1', { stamp: '7', name: 'b' }, { stamp: '7', name: 'c' }),
      seen('1', { stamp: '7', name: 'c' }, { stamp: '8', name: 'd' }),
    ];
    expect(inOrder(rows)).toEqual(rows);
  });
});

describe('AUD-4 what set off what, by how deep in triggers it ran', () => {
  const change = (from: string, to: string, depth: number, message = '1', key = '1') =>
    seen(key, { name: from }, { name: to }, depth, message);

  it('what is put back comes after what set it off, though the other order would do as well', () => {
    const [back, there] = [change('b', 'a', 2), change('a', 'b', 1)];
    expect(inOrder([back, there])).toEqual([there, back]);
    const [third, second, first] = [change('a', 'b', 3), change('b', 'a', 2), change('a', 'b', 1)];
    expect(inOrder([third, second, first])).toEqual([first, second, third]);
    expect(inOrder([change('b', 'a', 1), change('a', 'b', 1)])).toEqual([change('b', 'a', 1), change('a', 'b', 1)]);
  });

  it('what an earlier statement set off stays before the one that follows', () => {
    const [back, there] = [change('b', 'a', 2, '1'), change('a', 'b', 1, '2')];
    expect(inOrder([back, there])).toEqual([back, there]);
    const other = change('x', 'y', 1, '1', '2');
    const same = change('a', 'b', 1, '1');
    expect(inOrder([back, { ...other, table: 'warren' }, same])).toEqual([back, { ...other, table: 'warren' }, same]);
  });

  it('where the contents tell that it came before, it stays before', () => {
    const [gone, made] = [seen('1', { name: 'a' }, null, 2, '1'), seen('1', null, { name: 'b' }, 1, '1')];
    expect(inOrder([gone, made])).toEqual([gone, made]);
    const known = seen('1', { name: 'x' }, { name: 'b' }, 1, '0');
    expect(inOrder([known, change('b', 'a', 2), change('a', 'b', 1)])).toEqual([known, change('b', 'a', 2), change('a', 'b', 1)]);
  });

  it('a removal and a new life behind the change that set them off, and behind a creation', () => {
    const gone = seen('1', { name: 'b' }, null, 2, '1');
    const anew = seen('1', null, { name: 'c' }, 2, '1');
    for (const first of [change('a', 'b', 1), seen('1', null, { name: 'b' }, 1, '1')])
      expect(inOrder([gone, anew, first])).toEqual([first, gone, anew]);
    const made = seen('1', null, { name: 'a' }, 2, '1');
    const removed = seen('1', { name: 'a' }, null, 1, '1');
    expect(inOrder([made, removed])).toEqual([removed, made]);
  });

  it('a thousand that one statement set off stay in their order behind it', () => {
    const set = Array.from({ length: 1_000 }, (_, i) => change(i % 2 ? 'a' : 'b', i % 2 ? 'b' : 'a', 2));
    const first = change('a', 'b', 1);
    expect(inOrder([...set, first])).toEqual([first, ...set]);
  });
});

it('AUD-4 two spellings of one value are the same: of what JSON and numbers hold beside their value nothing is recorded', () => {
  const outer = seen('1', { doc: '{"a": 1.50}', name: 'a' }, { doc: '{"a": 1.50}', name: 'b' });
  const first = seen('1', { doc: '{"a": 1.5}' }, { doc: '{"a": 2.0}' });
  const second = seen('1', { doc: '{"a": 2}', weight: '7.0' }, { doc: '{"a": 3}', weight: '8' });
  expect(inOrder([first, second, outer])).toEqual([outer, first, second]);
});

it('AUD-4 a row that is changed, removed and made anew by what one statement set off', () => {
  const emptied = seen('1', { rival: '2', name: 'a' }, { rival: null, name: 'a' }, 1, '1');
  const gone = seen('1', { rival: null, name: 'a' }, null, 1, '1');
  const anew = seen('1', null, { rival: null, name: 'b' }, 2, '1');
  expect(inOrder([anew, emptied, gone])).toEqual([emptied, gone, anew]);
  const [there, back] = [seen('1', { name: 'a' }, { name: 'b' }, 1, '1'), seen('1', { name: 'b' }, { name: 'a' }, 2, '1')];
  expect(inOrder([back, there, { ...there }])).toEqual([there, back, there]);
});
