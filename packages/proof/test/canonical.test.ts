import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '../src/canonical.ts';
import { LEAF_VERSION, leafBytes, leafHash } from '../src/leaf.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

describe('canonical JSON (RFC 8785)', () => {
  it('orders keys by UTF-16 code units, as the example of RFC 8785 section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = [...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('writes numbers as the samples of RFC 8785 appendix B', () => {
    expect(
      [0, -0, 5e-324, 1.7976931348623157e308, 9007199254740992, 295147905179352830000, 1e21, 1e-7, 333333333.3333332].map((n) =>
        canonicalJson(n),
      ),
    ).toEqual([
      '0',
      '0',
      '5e-324',
      '1.7976931348623157e+308',
      '9007199254740992',
      '295147905179352830000',
      '1e+21',
      '1e-7',
      '333333333.3333332',
    ]);
  });

  it('gives one text for one value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as Json);
        const shuffled = JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
          inner && typeof inner === 'object' && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).reverse()) : inner,
        ) as Json;
        expect(canonicalJson(shuffled)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', undefined, 1n])('refuses %s, which has no canonical form', (value) => {
    expect(() => canonicalJson({ value: value as Json })).toThrow(TypeError);
  });
});

describe('AUD-17 the leaf', () => {
  it('is the version byte and the canonical JSON', () => {
    expect(LEAF_VERSION).toBe(1);
    expect(Buffer.from(leafBytes({ b: null, a: 'ü' })).toString('latin1')).toBe(
      `\x01${Buffer.from('{"a":"ü","b":null}').toString('latin1')}`,
    );
  });

  it('is hashed as RFC 6962 hashes leaves: the hash of an empty leaf is the published one', () => {
    expect(Buffer.from(leafHash(new Uint8Array(), sha256)).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  it('never changes: this record has this hash for ever', () => {
    const record = { position: 1, action: 'rabbit_created', changes: [{ field: 'name', new: 'Flopsy', old: null }] };
    expect(Buffer.from(leafHash(leafBytes(record), sha256)).toString('hex')).toBe(
      createHash('sha256')
        .update(
          Buffer.concat([
            Buffer.from([0, 1]),
            Buffer.from('{"action":"rabbit_created","changes":[{"field":"name","new":"Flopsy","old":null}],"position":1}'),
          ]),
        )
        .digest('hex'),
    );
  });
});
