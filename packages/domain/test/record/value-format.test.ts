import { describe, expect, test } from 'vitest';
import { effectOf } from '../../src/record/effect.rules.ts';
import { formatChange, formatChip, formatValue, hoursText } from '../../src/record/value-format.rules.ts';
import { zoneName, zoneNames } from '../../src/wall-clock.rules.ts';

const berlin = { timeZone: 'Europe/Berlin' };
const full = (value: Parameters<typeof formatValue>[0], kind: string, more: object = {}) =>
  formatValue(value, { kind, ...berlin, ...more });
const chip = (value: Parameters<typeof formatValue>[0], kind: string, more: object = {}) => formatChip(value, { kind, ...berlin, ...more });

describe('AUD-27: values in full', () => {
  test('times, hours, minutes, statuses and flags', () => {
    expect(full('2024-01-15T08:30:00.000Z', 'time')).toBe('2024-01-15 09:30 AM');
    expect(full('2024-01-15T23:05:00.123456Z', 'time')).toBe('2024-01-16 12:05 AM');
    expect(full('8.50', 'hours')).toBe('8.5 hours');
    expect(full('8.00', 'hours')).toBe('8 hours');
    expect(full('1.00', 'hours')).toBe('1 hour');
    expect(full('30', 'minutes')).toBe('30 minutes');
    expect(full('submitted', 'enum', { values: { submitted: 'Submitted' } })).toBe('Submitted');
    expect(full('true', 'boolean')).toBe('Yes');
    expect(full('false', 'boolean')).toBe('No');
    // A setting's value is JSON.
    expect([full('true', 'json'), full('8', 'json'), full('{"a":true}', 'json')]).toEqual(['Yes', '8', '{"a":true}']);
  });

  test('a change is its two values', () => {
    const statuses = { kind: 'enum', ...berlin, values: { draft: 'Draft', submitted: 'Submitted' } };
    expect(formatChange({ old: 'draft', new: 'submitted' }, statuses)).toBe('Draft → Submitted');
    expect(formatChange({ old: null, new: '' }, { kind: 'text', ...berlin })).toBe('(not set) → (empty)');
  });

  test('names of fields, with the day of a part', () => {
    expect(full('["check_out_time","entries.2026-11-03.daily_check_out"]', 'fields')).toBe('Check Out Time, 3 Nov 2026 Daily Check Out');
    expect(full('nonsense', 'fields')).toBe('nonsense');
  });

  test('nothing, and an empty text, are two things', () => {
    expect(full(null, 'text')).toBe('(not set)');
    expect(full('', 'text')).toBe('(empty)');
  });

  test('a decimal is never rounded on its way', () => {
    expect(full('12345678901234567.10', 'hours')).toBe('12345678901234567.1 hours');
    expect(full('100', 'hours')).toBe('100 hours');
  });

  test('a shortened value says how much there was', () => {
    expect(full({ beginning: 'Once upon a time', bytes: 9000, sha256: 'ab' }, 'text')).toBe('Once upon a time… (9 KB in all)');
  });

  test('a value that is not what its kind says stays as it is', () => {
    expect(full('soon', 'time')).toBe('soon');
    expect(full('many', 'hours')).toBe('many');
    expect(full('unheard-of', 'enum', { values: {} })).toBe('unheard-of');
  });
});

describe('values in chips', () => {
  test('a time on another day than its work date says so', () => {
    expect(chip('2026-11-03T15:30:00Z', 'time', { workDate: '2026-11-03' })).toBe('16:30');
    expect(chip('2026-11-04T05:30:00Z', 'time', { workDate: '2026-11-03' })).toBe('06:30 +1');
    expect(chip('2026-11-03T15:30:00Z', 'time')).toBe('3 Nov 16:30');
  });

  test('durations are written as on a clock', () => {
    expect(chip('8.50', 'hours')).toBe('8:30');
    expect(chip('30', 'minutes')).toBe('0:30');
    expect(hoursText(null)).toBe('–');
    expect(hoursText('0.00')).toBe('0:00');
  });

  test('references and members have names where they are known', () => {
    const names = new Map([['a1', 'Dock 4']]);
    expect(chip('a1', 'reference', { names })).toBe('Dock 4');
    expect(chip('["a1","b2"]', 'members', { names })).toBe('Dock 4, b2');
    expect(chip('0b1f2c3d-0000-4000-8000-000000000001', 'reference', { names })).toBe('0b1f2c3d…');
  });
});

test('AUD-27: a zone is named as at the times that are shown, in their order', () => {
  expect(zoneNames('Europe/Berlin', ['2026-11-06T12:00:00Z', '2026-11-06T18:00:00.000Z'])).toBe('CET');
  expect(zoneNames('Europe/Berlin', ['2026-10-25T12:00:00Z', '2026-10-24T20:00:00Z'])).toBe('CEST/CET');
  expect(zoneNames('Europe/Berlin', ['not a time'])).toBe('');
});

test('zones have the names that people give them', () => {
  expect(zoneName('Europe/Berlin', '2026-11-06T12:00:00Z')).toBe('CET');
  expect(zoneName('Europe/Berlin', '2026-07-06T12:00:00Z')).toBe('CEST');
  expect(zoneName('America/New_York', '2026-11-06T12:00:00Z')).toBe('EST');
  expect(zoneName('Asia/Kathmandu', '2026-11-06T12:00:00Z')).toBe('UTC+5:45');
  expect(zoneName('UTC')).toBe('UTC');
  expect(zoneName('Nowhere/Atall')).toBe('UTC');
});

test('AUD-34: an effect is told by its steps; what has another form is left to those who know it', () => {
  const effect = { total_hours: { old: '8.50', new: '8.00' }, after_approval: true, score: 96, odd: { old: 1, new: 2 }, list: ['a'] };
  expect(effectOf(effect)).toEqual({ steps: [{ field: 'total_hours', old: '8.50', new: '8.00' }], afterApproval: true });
  expect(effectOf(null)).toEqual({ steps: [], afterApproval: false });
});
