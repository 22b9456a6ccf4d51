import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedLeaf, jsonDifferences, memberDifference } from '../src/values/diff.ts';
import { columnText, isSpelled } from '../src/values/column-text.ts';
import { decimalOf, exactText, parseExact } from '../src/values/exact-json.ts';
import { decimalText } from '../src/values/decimals.ts';
import { capped } from '../src/values/values.ts';
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

describe('AUD-10 numbers of JSON', () => {
  it('keep every digit, and those that JavaScript has too read as it writes them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt(), (double, big) => {
        expect(exactText(parseExact(JSON.stringify(double)))).toBe(JSON.stringify(double));
        expect(decimalOf(`${big}.000`)).toBe(decimalOf(String(big)));
        expect(
          BigInt(Number.isSafeInteger(Number(big)) ? exactText(parseExact(String(big))) : plain(exactText(parseExact(String(big))))),
        ).toBe(big);
      }),
    );
  });

  /** `1.2e+24` written out. */
  const plain = (text: string): string => decimalText(text, 0);

  it.each([
    ['1.50', '1.5'],
    ['-0', '0'],
    ['12345678901234567890', '12345678901234567890'],
    ['1e400', '1e+400'],
    ['{"b":1e400,"a":0.10000000000000000001}', '{"a":0.10000000000000000001,"b":1e+400}'],
    ['"1e400 and 12345678901234567890"', '"1e400 and 12345678901234567890"'],
  ])('%s is %s', (text, expected) => {
    expect(exactText(parseExact(text))).toBe(expected);
    expect(exactText(parseExact(expected))).toBe(expected);
  });
});

describe('AUD-10 one value has one text, however it is spelled', () => {
  it.each([
    [
      'timestamptz',
      ['2026-03-29 00:30:00+00', '2026-03-29T02:30:00.000+02:00', new Date('2026-03-29T00:30:00Z')],
      '2026-03-29T00:30:00.000Z',
    ],
    ['timestamptz(0)', ['1999-12-31 23:59:58.5+00', '1999-12-31T23:59:58Z'], '1999-12-31T23:59:58.000Z'],
    ['timestamptz', ['10000-01-01 00:00:00+00', new Date('+010000-01-01T00:00:00Z')], '10000-01-01T00:00:00.000Z'],
    ['timestamptz', ['0044-03-15 00:00:00+00 BC', new Date('-000043-03-15T00:00:00Z')], '0044-03-15T00:00:00.000Z BC'],
    ['date', ['2026-3-9', '2026-03-09'], '2026-03-09'],
    ['date', ['0999-2-28', '0999-02-28'], '0999-02-28'],
    ['numeric(6,2)', ['8.00', '8', 8, '+8.0', '08.00', ' 8.00 '], '8.00'],
    ['numeric(6,2)', ['0.00', '-0.00', '0', '0.001'], '0.00'],
    ['numeric(6,2)', ['-0.50', '-.5', '-0.495'], '-0.50'],
    ['numeric', ['NaN', 'nan'], 'NaN'],
    ['numeric', ['-inf', '-Infinity'], '-Infinity'],
    ['time(0)', ['08:00', '08:00:00', '08:00:00.4'], '08:00:00'],
    ['interval', ['1 day 90 minutes', 'P1DT1H30M', '1 days 01:30:00', '@ 1 day 1.5 hours'], '1 day 01:30:00'],
    ['interval', ['-1 mon +2 days', '1 month -2 days ago'], '-1 mons +2 days'],
    ['uuid', ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc999c0b4ef8bb6d6bb9bd380a11'], 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['numeric', ['1.50', '1.5', 1.5, '15e-1'], '1.5'],
    ['numeric', ['1000', '1_000', '0x3E8', '0b_11_1110_1000', '0o1750', ' 1_0e0_2 '], '1000'],
    ['numeric(8,2)', ['-16.00', '-0x10', '-1_6', '-1_6.0_0'], '-16.00'],
    ['bigint', ['9007199254740993', '9_007_199_254_740_993', '0x20000000000001', '+0x2000_0000_0000_01'], '9007199254740993'],
    ['double precision', ['-1.3125', '-0x1.5', '-0x15p-4', -1.3125], '-1.3125'],
    ['real', ['0.1', 0.1, Math.fround(0.1)], '0.1'],
    ['char(3)', ['a', 'a  '], 'a'],
    ['bytea', ['\\x00ff', new Uint8Array([0, 255])], 'AP8='],
    ['int[]', ['{1,NULL}', [1, null], ['1', null]], '[1,null]'],
    ['boolean', ['t', 'true', true], 'true'],
  ])('%s %j', (type, spellings, expected) => {
    expect(spellings.map((one) => columnText(type)(one))).toEqual(spellings.map(() => expected));
  });

  it.each(['1__0', '_1', '1_', '1_.5', '1._5', '0x', '0x1.5', '0o8', '0b2'])('%s is no number, and left as it is', (text) => {
    expect([columnText('numeric')(text), columnText('int')(text)]).toEqual([text, text]);
  });

  it('of a type that only the database can spell, the text is left as it is', () => {
    expect([isSpelled('inet'), isSpelled('int4range'), isSpelled('int4'), isSpelled('jsonb'), isSpelled('text[]')]).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(columnText('inet')('::0001')).toBe('::0001');
  });
});
