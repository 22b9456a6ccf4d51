import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedLeaf, jsonDifferences, memberDifference } from '../src/diff.ts';
import { capped, decimalText } from '../src/values.ts';
import type { Json } from '@countersign/proof/canonical';

describe('AUD-10 decimals', () => {
  it.each([
    ['1.5', 2, '1.50'],
    ['1.555', 2, '1.56'],
    ['-1.555', 2, '-1.56'],
    ['0.004', 2, '0.00'],
    ['-0.004', 2, '0.00'],
    ['999.995', 2, '1000.00'],
    ['7', 0, '7'],
    ['.5', 0, '1'],
    ['1e3', 2, '1000.00'],
    ['12345678901234567890.12345', 3, '12345678901234567890.123'],
    ['0.00001', 2, '0.00'],
    ['NaN', 2, 'NaN'],
  ])('%s with %i digits is %s, as numeric rounds it', (text, scale, expected) => {
    expect(decimalText(text, scale)).toBe(expected);
  });
});

describe('AUD-2 differences of JSON', () => {
  /** Reads `$.a["b.c"]` and sets what is there, or takes it away. */
  const patch = (value: Json | undefined, differences: ReturnType<typeof jsonDifferences>): Json | undefined => {
    const holder: Record<string, unknown> = value === undefined ? {} : { $: structuredClone(value) };
    for (const { field, new: now } of differences) {
      const path = [...field.matchAll(/\.?([\w-]+|\$)|\[("(?:[^"\\]|\\.)*")\]/gy)].map(
        ([, plain, quoted]) => plain ?? (JSON.parse(quoted as string) as string),
      );
      const last = path.pop() as string;
      const at = path.reduce((object, key) => object[key] as Record<string, unknown>, holder);
      if (now === null) delete at[last];
      else Object.defineProperty(at, last, { value: JSON.parse(now), enumerable: true, configurable: true, writable: true });
    }
    return holder['$'] as Json | undefined;
  };

  // Through JSON once: it knows no -0.
  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

  it('of a value with itself there are none; applied to the old they give the new', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(jsonDifferences('$', a, structuredClone(a))).toEqual([]);
        expect(patch(a, jsonDifferences('$', a, b))).toEqual(b);
      }),
    );
  });

  it('a key that every object inherits is there only where it was set', () => {
    expect(jsonDifferences('f', {}, { constructor: 1 })).toEqual([{ field: 'f.constructor', old: null, new: '1' }]);
  });

  it('null differs from a key that is not there, and text from a number', () => {
    expect(jsonDifferences('f', { a: null }, {})).toEqual([{ field: 'f.a', old: 'null', new: null }]);
    expect(jsonDifferences('f', { a: 1 }, { a: '1' })).toEqual([{ field: 'f.a', old: '1', new: '"1"' }]);
    expect(jsonDifferences('f', { a: 1 }, { a: '1' }, embeddedLeaf)).toEqual([]);
  });
});

describe('AUD-2 differences of members', () => {
  it('are what was removed and what was added, in one order', () => {
    expect(memberDifference('m', ['b', 'a', 'c'], ['c', 'd'])).toEqual([{ field: 'm', old: '["a","b"]', new: '["d"]' }]);
    expect(memberDifference('m', ['a'], ['a'])).toEqual([]);
  });
});

describe('AUD-10 large values', () => {
  it('8 KiB are kept whole, one byte more is not', () => {
    expect(capped('x'.repeat(8_192))).toHaveLength(8_192);
    expect(capped('x'.repeat(8_193))).toMatchObject({ bytes: 8_193 });
    expect(capped(null)).toBe(null);
  });
});
