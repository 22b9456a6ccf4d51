import { expect, test } from 'vitest';
import { timecardsSought } from '../../src/features/palette/timecards-sought.ts';

const known = {
  people: [
    { id: 'li', name: 'Li Wei' },
    { id: 'anna', name: 'Anna Berg' },
    { id: 'lena', name: 'Lena Dock' },
    { id: 'ap', name: 'Appa Draft' },
  ],
  sites: [
    { id: 'dock', name: 'Dock 4' },
    { id: 'hall', name: 'Harbour Hall' },
  ],
};
const sought = (text: string) => timecardsSought(text, known);

test('a person, a site, a status', () => {
  expect(sought('li wei')).toEqual([{ person: 'li' }]);
  expect(sought('harbour')).toEqual([{ site: 'hall' }]);
  expect(sought('subm')).toEqual([{ status: ['submitted'] }]);
});

test('all of them, in any order', () => {
  expect(sought('approved anna hall')).toEqual([{ status: ['approved'], person: 'anna', site: 'hall' }]);
  expect(sought('hall anna')).toEqual([{ person: 'anna', site: 'hall' }]);
});

test('what may mean several is sought as each, three at most', () => {
  expect(sought('dock')).toEqual([{ person: 'lena' }, { site: 'dock' }]);
  expect(sought('draft')).toEqual([{ status: ['draft'] }, { person: 'ap' }]);
  expect(
    timecardsSought('an', { people: Array.from({ length: 50 }, (_, index) => ({ id: String(index), name: 'Anna' })), sites: [] }),
  ).toHaveLength(3);
});

test('what nobody and nothing is called is not asked for, nor a single letter', () => {
  for (const text of ['', 'l', '?', 'zzz', 'anna zzz', 'yesterday 14:00']) expect(sought(text), text).toEqual([]);
});
