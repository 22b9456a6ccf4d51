import { describe, expect, test } from 'vitest';
import type { EventView } from '../../src/api/views.ts';
import { filterOf, readLiveSearch } from '../../src/features/live/live-search.ts';
import { readingOf, readingText } from '../../src/features/trail/reading.ts';
import { wordsOf } from '../../src/features/trail/vocabulary.ts';

const words = wordsOf(undefined);
const metadata: EventView['metadata'] = {
  view: 'feed',
  times: 3,
  rows: 1_200,
  first: '2026-11-03T08:00:00.000Z',
  last: '2026-11-03T08:04:00.000Z',
  filters: [{ area: ['timecards'], actor: ['a', 'b'], texts: 1 }, {}],
  more_filters: 0,
};

describe('AUD-29: what somebody read, in words', () => {
  test('AUD-29: which view, how often, how many rows, by what', () => {
    const reading = readingOf({ action: 'audit_log_accessed', metadata }, words);
    expect(reading && readingText(reading)).toBe('Live, 3 times, 1,200 rows');
    expect(reading?.filters).toEqual(['Timecards · 2 people · 1 text searched for']);
  });

  test('AUD-29: once, and one row', () => {
    const reading = readingOf(
      { action: 'audit_log_accessed', metadata: { ...metadata, view: 'trail', times: 1, rows: 1, filters: [] } },
      words,
    );
    expect(reading && readingText(reading)).toBe('Audit trail, 1 row');
  });

  test('AUD-36: a view that was given up since is called by its name', () => {
    const reading = readingOf({ action: 'audit_log_accessed', metadata: { ...metadata, view: 'scrapbook' } }, words);
    expect(reading?.view).toBe('scrapbook');
  });

  test('an event of another kind is no reading', () => {
    const opened = readingOf(
      { action: 'record_viewed', metadata: { times: 3, first: '2026-11-03T08:00:00.000Z', last: '2026-11-03T08:04:00.000Z' } },
      words,
    );
    expect(opened && readingText(opened)).toBe('Record, 3 times');
    const seen = readingOf({ action: 'read_as_another', metadata: { times: 2, queries: ['timecards.list'] } }, words);
    expect([seen && readingText(seen), seen?.filters]).toEqual(['As this person, 2 times', ['timecards.list']]);
    expect(readingOf({ action: 'user_edit', metadata: {} }, words)).toBeNull();
  });
});

describe('AUD-29: reading doesn’t drown the business', () => {
  test('AUD-29: the live page leaves it out, unless an area, an action or a change set is asked for', () => {
    expect(filterOf(readLiveSearch({}))).toEqual({ withoutArea: 'reading' });
    expect(filterOf(readLiveSearch({ text: ['Li'] }))).toEqual({ text: ['Li'], withoutArea: 'reading' });
    expect(filterOf(readLiveSearch({ area: ['reading'] }))).toEqual({ area: ['reading'] });
    expect(filterOf(readLiveSearch({ action: ['audit_log_accessed'] }))).toEqual({ action: ['audit_log_accessed'] });
  });
});
