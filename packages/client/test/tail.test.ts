import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { EventView } from '../src/client.ts';
import { coloured, eventLine, plain } from '../src/tail/line.ts';
import { Output } from '../src/tail/output.ts';
import { tailOptions } from '../src/tail/usage.ts';

const event = (parts: Partial<EventView>): EventView => ({
  position: 7,
  id: 'e',
  changeId: 'c',
  area: 'timecards',
  action: 'timecard_approved',
  operation: 'update',
  actor: { kind: 'user', id: 'u', name: 'Katharina Vogel' },
  impersonator: null,
  target: { type: 'Timecard', id: 't', label: 'Week of 2 Nov 2026' },
  root: null,
  subject: null,
  scopes: [],
  workDate: null,
  changes: [],
  metadata: {},
  reason: null,
  effect: null,
  channel: 'web',
  requestId: null,
  ipAddress: null,
  forwardedFor: null,
  userAgent: null,
  occurredAt: '2026-11-22T13:03:07.123456Z',
  ...parts,
});
const line = (parts: Partial<EventView>, paint = plain) => eventLine(event(parts), paint, 'Europe/Berlin');

describe('a line of the feed', () => {
  test('says when, who, what, on which record, what changed and why', () => {
    const changes = [
      { field: 'status', old: 'submitted', new: 'approved' },
      { field: 'check_out_time', old: null, new: '2026-11-20T17:30:00.000Z' },
      { field: 'admin_notes', hidden: true } as const,
    ];
    expect(line({ changes, reason: 'as agreed' })).toBe(
      '#7  2026-11-22 14:03:07  Katharina Vogel  timecard_approved  Week of 2 Nov 2026  ' +
        'status submitted → approved, check_out_time – → 2026-11-20 18:30, admin_notes (hidden)  “as agreed”',
    );
  });

  test('names a record without a label by its key, and whoever acted as somebody else', () => {
    expect(line({ target: { type: 'User', id: '9', label: null }, impersonator: { id: 'a', name: 'Ada' } })).toContain(
      'Katharina Vogel (by Ada)  timecard_approved  User:9',
    );
    expect(line({ target: null })).toBe('#7  2026-11-22 14:03:07  Katharina Vogel  timecard_approved');
  });

  test('keeps what people wrote from moving the cursor, and cuts what is long', () => {
    const changes = [{ field: 'note', old: '\u001B[2J\u202Eabc\nnext\u0007', new: 'x'.repeat(500) }];
    const text = line({ changes, reason: '\u001B]0;title\u0007' });
    expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(text).toContain('abc next');
    expect(text).toContain(`${'x'.repeat(60)}…`);
  });

  test('has colours only where they are wanted, and none that run on', () => {
    const text = line({ changes: [{ field: 'status', old: 'a', new: 'b' }] }, coloured);
    expect(text).toContain('\u001B[31ma\u001B[39m → \u001B[32mb\u001B[39m');
    expect(line({})).not.toContain('\u001B');
  });
});

describe('what tail was asked for', () => {
  test('filters may be given several times, and nothing else need be', () => {
    const args = ['--area', 'timecards', '--text', 'late', '--text', 'a, b', '--since', '120', '--json'];
    expect(tailOptions(args, { COUNTERSIGN_TOKEN: 'abc' })).toEqual({
      help: false,
      url: 'http://localhost:3000',
      token: 'abc',
      json: true,
      after: 120,
      filter: { area: ['timecards'], text: ['late', 'a, b'] },
    });
    expect(tailOptions([], {})).toMatchObject({ token: null, after: null, json: false, filter: {} });
    expect(tailOptions(['--url', 'http://one'], { COUNTERSIGN_URL: 'http://two' })).toMatchObject({ url: 'http://one' });
  });

  test.each([['--since', '-1'], ['--since', '1e3'], ['--colour', 'red'], ['timecards'], ['--area']])('%s %s is refused', (...args) => {
    expect(() => tailOptions(args.filter(Boolean), {})).toThrow();
  });
});

describe('the output', () => {
  test('waits for whoever reads, and ends when they leave', async () => {
    const reader = new PassThrough({ highWaterMark: 8 });
    const output = new Output(reader);
    let written = false;
    const writing = output.line('a long line').then(() => (written = true));
    await new Promise(setImmediate);
    expect(written).toBe(false);
    expect(String(reader.read())).toBe('a long line\n');
    await writing;
    const stuck = output.line('another long line');
    reader.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await stuck;
    expect(output.closed.aborted).toBe(true);
  });
});
