import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMeant, meantText, visibleText, visibly } from '../src/visible-text.rules.ts';

test.each([
  ['in\u202Egnp.exe', 'in⟨U+202E⟩gnp.exe'],
  ['17:00\u200F', '17:00⟨U+200F⟩'],
  ['\u001B[2J', '⟨U+001B⟩[2J'],
  ['zero\u200Bwidth\uFEFF', 'zero⟨U+200B⟩width⟨U+FEFF⟩'],
  ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
  ['👩\u200D🔧 می\u200Cخواهم שלום', '👩\u200D🔧 می\u200Cخواهم שלום'],
])('F20: %j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test('F20: every text in an answer, however deep; names of fields and everything else stay', () => {
  expect(visibly({ a: ['x\u0007', 1, null], b: { c: 'fine', 'd\u0007': 'y\u202E' } })).toEqual({
    a: ['x⟨U+0007⟩', 1, null],
    b: { c: 'fine', 'd\u0007': 'y⟨U+202E⟩' },
  });
});

test('what has nothing to be written out is the same object', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const shown = visibly(value);
      if (JSON.stringify(shown) === JSON.stringify(value)) expect(shown).toBe(value);
      expect(visibly(shown)).toBe(shown);
    }),
  );
});

test('F20: what is shown and sent back is what it was', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('\u202E', '\u200B', '\u0007', '⟩', '⟨'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
  });
  fc.assert(
    fc.property(text, (given) => {
      expect(meantText(visibleText(given))).toBe(given);
    }),
  );
  expect(asMeant({ note: ['x⟨U+0007⟩', 1, null] })).toEqual({ note: ['x\u0007', 1, null] });
  expect(meantText('⟨U+0041⟩ ⟨U+FFFF⟩'), 'what nobody had written out').toBe('⟨U+0041⟩ ⟨U+FFFF⟩');
  const file = new Blob(['x']);
  expect(asMeant({ file }).file).toBe(file);
});
