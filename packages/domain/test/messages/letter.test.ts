import { describe, expect, test } from 'vitest';
import { mailOf, pushOf, smsOf, summaryOf } from '../../src/messages/letter.rules.ts';

const told = {
  title: 'Your timecard was rejected: 3 Nov 2026',
  details: [{ label: 'Reason', text: 'first line\r\nsecond' }],
  by: 'Ada Byron',
};

describe('R-7: messages', () => {
  test('R-7: a mail says what happened, by whom, and the details', () => {
    expect(mailOf(told, 'Emre')).toEqual({
      subject: 'Your timecard was rejected: 3 Nov 2026',
      body: 'Hello Emre,\n\nYour timecard was rejected: 3 Nov 2026.\n\nBy: Ada Byron\nReason: first line\nsecond',
    });
  });

  test('R-7: what somebody typed ends no line of a header and hides nothing', () => {
    const evil = { ...told, title: 'Hello\r\nBcc: everybody@example.com\u2028\u0000', by: 'A\nB' };
    for (const letter of [mailOf(evil, 'E\r\nTo: x'), smsOf(evil), pushOf(evil)]) {
      expect(letter.subject).toBe('Hello Bcc: everybody@example.com');
      for (const character of ['\r', '\u0000', '\u2028']) expect(letter.body).not.toContain(character);
    }
  });

  test('R-7: a push says that something happened, not why and by whom', () => {
    expect(pushOf(told)).toEqual({ subject: told.title, body: '' });
  });

  test('R-7: a summary greets once, tells the first twenty in full and how many more there are', () => {
    const letters = Array.from({ length: 22 }, (_, n) => mailOf({ title: `Notice ${n + 1}`, details: [], by: null }, 'Emre'));
    const { subject, body } = summaryOf('mail', letters);
    expect(subject).toBe('22 notices, the first: Notice 1');
    expect(body.match(/Hello/g)).toHaveLength(1);
    expect(body.match(/Notice \d+\./g)).toHaveLength(20);
    expect(body).toContain('… and 2 more.');
    expect(
      summaryOf(
        'push',
        letters.map((letter) => ({ ...letter, body: '' })),
      ),
    ).toEqual({ subject, body: '' });
    expect(summaryOf('sms', letters)).toEqual({ subject, body: subject });
  });
});
