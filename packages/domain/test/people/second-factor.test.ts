import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashOfCode, newRecoveryCodes } from '../../src/people/second-factor/recovery-codes.ts';
import { sealerWith } from '../../src/people/second-factor/sealer.ts';
import { newSecret, stepOf } from '../../src/people/second-factor/totp.rules.ts';

/** RFC 6238, appendix B: "12345678901234567890" in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('AC-5: codes of an authenticator', () => {
  // Of eight digits there; ours are their last six.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('AC-5: are those of RFC 6238 (%i seconds)', (seconds, code) => {
    expect(stepOf(SECRET, code, new Date(seconds * 1_000))).toBe(Math.floor(seconds / 30));
  });

  test('AC-5: one is taken in its half minute and in those beside it, and names the step that it belongs to', () => {
    const at = (seconds: number) => stepOf(SECRET, '287082', new Date(seconds * 1_000));
    expect([at(0), at(30), at(59), at(60), at(89)]).toEqual([1, 1, 1, 1, 1]);
    expect([at(90), at(150)]).toEqual([null, null]);
  });

  test.each(['', '28708', '2870820', '28708a', '２８７０８２'])('AC-5: %j is none', (text) => {
    expect(stepOf(SECRET, text, new Date(59_000))).toBeNull();
  });

  test('AC-5: a secret has 160 random bits', () => {
    expect(newSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newSecret()).not.toBe(newSecret());
  });
});

test('AC-5: recovery codes are ten, each unlike the others, and known however they are typed', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes.map(hashOfCode)).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}$/);
    expect(hashOfCode(` ${code.toLowerCase().replaceAll('-', '  ')}`)).toBe(hashOfCode(code));
  }
});

describe('AC-5: what is sealed', () => {
  const [old, present] = [randomBytes(32), randomBytes(32)];

  test('AC-5: opens for whom it was sealed, with the key or one that took its place', () => {
    const sealed = sealerWith([old]).seal('the secret', 'ann');
    expect(sealed).not.toContain('secret');
    expect(sealerWith([old]).seal('the secret', 'ann')).not.toBe(sealed);
    const renewed = sealerWith([present, old]);
    expect([renewed.open(sealed, 'ann'), renewed.knows(sealed)]).toEqual(['the secret', true]);
    expect(sealerWith([present]).knows(sealed)).toBe(false);
    expect(() => sealerWith([present]).open(sealed, 'ann')).toThrow('SECOND_FACTOR_KEY');
  });

  test('AC-5: opens for nobody else, and not when a bit of it was altered', () => {
    const sealer = sealerWith([present]);
    const sealed = sealer.seal('the secret', 'ann');
    expect(() => sealer.open(sealed, 'bob')).toThrow();
    const [name = '', body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (const at of [0, 13, bytes.length - 1]) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => sealer.open(`${name}.${altered.toString('base64url')}`, 'ann')).toThrow();
    }
    expect(() => sealer.open(`${name}.`, 'ann')).toThrow();
  });
});
