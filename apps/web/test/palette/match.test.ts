import { expect, test } from 'vitest';
import { found, plain } from '../../src/features/palette/match.ts';

const items = ['Timecards', 'New timecard', 'What Łukasz Wójcik did', 'Live', 'Dark appearance'].map((label) => ({ label, words: 'more' }));
const labels = (text: string) => found(items, text).map(({ label }) => label);

test('typed words begin words of a label, in any order', () => {
  expect(labels('ti')).toEqual(['Timecards', 'New timecard']);
  expect(labels('card')).toEqual([]);
  expect(labels('time new')).toEqual(['New timecard']);
});

test('letters that a keyboard hasn’t got are found by those that it has', () => {
  expect(labels('lukasz wojcik')).toEqual(['What Łukasz Wójcik did']);
  expect(labels('ŁUKASZ')).toEqual(['What Łukasz Wójcik did']);
  expect(plain('Ærø Straße Đạt')).toBe('aero strasse dat');
});

test('the closest come first, what is found by its further words last', () => {
  expect(found([{ label: 'Sign out', words: 'live' }, { label: 'Be live' }, { label: 'Live' }], 'live').map(({ label }) => label)).toEqual([
    'Live',
    'Be live',
    'Sign out',
  ]);
});

test('nothing typed finds everything, nothing but signs finds nothing', () => {
  expect(labels(' ')).toHaveLength(5);
  expect(labels('?')).toEqual([]);
});
