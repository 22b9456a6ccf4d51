import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filterOf, readLiveSearch } from '../../src/features/live/live-search.ts';
import { readTimecardsSearch } from '../../src/features/timecards/timecards-search.ts';
import { readAddress, writeAddress } from '../../src/ui/address.ts';

test('an address is written for people', () => {
  expect(writeAddress({ action: ['user_edit', 'admin_edit'], root: ['Timecard:1'], text: undefined, before: 12 })).toBe(
    '?action=user_edit&action=admin_edit&root=Timecard:1&before=12',
  );
  expect(writeAddress({})).toBe('');
});

test('what is written is read again', () => {
  const text = fc.string({ minLength: 1, maxLength: 20 });
  const search = fc.record({
    text: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
    action: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(search, (wanted) => {
      expect(filterOf(readLiveSearch(readAddress(writeAddress(wanted))))).toEqual(wanted);
    }),
  );
});

test('whatever stands in an address, only what the page understands is taken', () => {
  expect(readLiveSearch({ action: 'x', before: 'soon', admin: 'true' })).toMatchObject({ action: ['x'], before: undefined });
  expect(readLiveSearch({ text: ['gate', '\u0000', '\ud800'], field: '\u0007' })).toMatchObject({ text: ['gate'], field: undefined });
  expect(filterOf(readLiveSearch({ set: ['all', '0196f0a2-5f4b-7c1e-9a43-0d3a1d5b7c10'] }))).toEqual({
    change: ['0196f0a2-5f4b-7c1e-9a43-0d3a1d5b7c10'],
  });
  expect(readTimecardsSearch({ from: '2026-13-45', to: '2026-02-31' })).toMatchObject({ from: undefined, to: undefined });
  expect(readTimecardsSearch({ from: '2028-02-29', to: 'x' })).toMatchObject({ from: '2028-02-29', to: undefined });
  expect(readTimecardsSearch({ status: ['approved', 'lost'], from: '2026-13', page: '0', person: '<b>' })).toEqual({
    status: ['approved'],
    from: undefined,
    to: undefined,
    person: undefined,
    site: undefined,
    page: undefined,
  });
});
