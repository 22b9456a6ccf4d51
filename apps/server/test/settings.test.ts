import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError, settingsTable } from '../src/settings.ts';

const problemsOf = (env: Record<string, string>) => {
  try {
    readSettings(env);
    return [];
  } catch (problem) {
    if (!(problem instanceof SettingsError)) throw problem;
    return problem.problems;
  }
};

describe('settings', () => {
  test('nothing set: this machine only, an embedded database with a demonstration', () => {
    expect(readSettings({})).toMatchObject({ port: 3000, host: '127.0.0.1', database: null, demo: true, logLevel: 'info', proxies: 0 });
  });

  test('a database of one’s own has no demonstration unless asked for', () => {
    const DATABASE_URL = 'postgresql://owner:secret@db/x';
    expect(readSettings({ DATABASE_URL })).toMatchObject({ database: { owner: DATABASE_URL, logins: null }, demo: false });
    expect(readSettings({ DATABASE_URL, DEMO: 'yes' }).demo).toBe(true);
    expect(readSettings({ DEMO: 'off' }).demo).toBe(false);
  });

  test('an empty variable is as good as none', () => {
    expect(readSettings({ PORT: ' ', DATABASE_URL: '' })).toMatchObject({ port: 3000, database: null });
  });

  test.each([
    [{ PORT: 'http' }, 'PORT is not valid: it must be a port from 0 to 65535, 0 for any free one.'],
    [{ PORT: '65536' }, 'PORT is not valid: it must be a port from 0 to 65535, 0 for any free one.'],
    [{ PORT: '-1' }, 'PORT is not valid: it must be a port from 0 to 65535, 0 for any free one.'],
    [{ HOST: 'a b' }, 'HOST is not valid: it must be a host name or an IP address, such as 127.0.0.1 or 0.0.0.0.'],
    [{ DEMO: 'maybe' }, 'DEMO is not valid: it must be true or false.'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is not valid: it must be one of fatal, error, warn, info, debug, trace, silent.'],
    [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY is not valid: it must be a number from 0 to 10.'],
    [
      { DATABASE_URL: 'mysql://root:hunter2@db/x' },
      'DATABASE_URL is not valid: it must be an address such as postgresql://user:password@host:5432/database.',
    ],
    [
      { DATABASE_URL: 'postgresql://a@b/c', DATABASE_APP_URL: 'postgresql://d@b/c' },
      'DATABASE_APP_URL and DATABASE_SEQUENCER_URL go together: set both or neither.',
    ],
    [
      { DATABASE_APP_URL: 'postgresql://d@b/c', DATABASE_SEQUENCER_URL: 'postgresql://e@b/c' },
      'DATABASE_APP_URL and DATABASE_SEQUENCER_URL need DATABASE_URL, the owner of the same database.',
    ],
    [{ SMTP_URL: 'smtp://mail.example.com', MAIL_FROM: 'a@example.com' }, 'SMTP_URL needs PUBLIC_URL: links in messages lead there.'],
    [
      { PUBLIC_URL: 'https://c.example.com', SMTP_URL: 'smtp://user:hunter2@mail.example.com' },
      'SMTP_URL and MAIL_FROM go together: set both or neither.',
    ],
    [
      { MAIL_FROM: 'a@example.com, b@example.com' },
      'MAIL_FROM is not valid: it must be a mail address, or a name and an address such as Countersign <countersign@example.com>.',
    ],
    [{ PUSH_CONTACT: 'me' }, 'PUSH_CONTACT is not valid: it must be mailto: and a mail address, or an https address.'],
  ])('%o stops the start with a sentence', (env, problem) => {
    expect(problemsOf(env as unknown as Record<string, string>)).toEqual([problem]);
  });

  test('the owner does not serve as the application', () => {
    const url = 'postgresql://owner@b/c';
    expect(problemsOf({ DATABASE_URL: url, DATABASE_APP_URL: url, DATABASE_SEQUENCER_URL: 'postgresql://e@b/c' })).toEqual([
      expect.stringContaining('must name other roles'),
    ]);
  });

  test('everything that is wrong is told at once, and no value is', () => {
    const problems = problemsOf({ PORT: 'x', DATABASE_URL: 'hunter2' });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('docs/settings.md lists exactly these', () => {
    expect(readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8')).toContain(settingsTable());
  });
});
