import { describe, expect, test } from 'vitest';
import { fieldChoices, wordsOf } from '../../src/features/trail/vocabulary.ts';
import { VOCABULARY } from '../fake/people.ts';

describe('AUD-36: the words of entries that are older than the code', () => {
  const renamed = {
    ...VOCABULARY,
    entities: [...VOCABULARY.entities, { name: 'Shed', label: 'Shed', area: 'yard' }],
    former: {
      actions: [{ name: 'timecard_sent', label: 'Timecard sent in', is: 'timecard_submitted' }],
      entities: [{ name: 'HourSheet', label: 'Hour sheet', is: 'Timecard' }],
      fields: [{ entity: 'Timecard', name: 'state', label: 'State', is: 'status' }],
    },
  };
  const words = wordsOf(renamed);

  test('what was renamed has the label that it had, and is read as it is now', () => {
    expect(words.action('timecard_sent')).toBe('Timecard sent in');
    expect(words.entity('HourSheet')).toBe('Hour sheet');
    expect(words.field('HourSheet', 'state')).toEqual({ ...words.field('Timecard', 'status'), label: 'State' });
    expect(words.field('HourSheet', 'status')).toEqual(words.field('Timecard', 'status'));
    expect(words.action('timecard_submitted')).toBe('Timecard submitted');
  });

  test('what is no more has its label too', () => {
    expect(words.entity('Shed')).toBe('Shed');
  });

  test('to choose from there are present names only, which find the former ones', () => {
    const choices = fieldChoices(renamed, ['Timecard']).map(({ value }) => value);
    expect(choices).toContain('status');
    expect(choices).not.toContain('state');
  });
});
