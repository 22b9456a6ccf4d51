import { expect, test } from 'vitest';
import { editingText, newsOf, viewingText } from '../../src/features/presence/present-people.ts';

const at = (name: string, editing = false) => ({ id: name, name, editing });

test.each([
  [[], null, null],
  [[at('Sue')], null, 'Sue has it open too'],
  [[at('Sue', true)], 'Sue is editing', null],
  [[at('Sue', true), at('Tom', true), at('Una')], 'Sue and Tom are editing', 'Una has it open too'],
  [[at('Sue'), at('Tom')], null, 'Sue and Tom have it open too'],
  [[at('Sue'), at('Tom'), at('Una')], null, 'Sue and 2 others have it open'],
  [[at('Sue', true), at('Tom', true), at('Una', true)], 'Sue and 2 others are editing', null],
])('AUD-25: %# is told in one line', (people, edits, views) => {
  expect([editingText(people), viewingText(people)]).toEqual([edits, views]);
});

test('AUD-25: news is who came and who began to edit', () => {
  expect(newsOf([at('Sue')], [at('Sue'), at('Tom')])).toBe('Tom has it open too');
  expect(newsOf([at('Sue')], [at('Sue', true)])).toBe('Sue is editing');
  expect(newsOf([at('Sue', true), at('Tom')], [at('Sue')])).toBeNull();
  expect(newsOf([], [at('Sue', true), at('Tom')])).toBe('Sue is editing. Tom has it open too');
});
