import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../src/demo/accounts.ts';
import { DEFINITIONS, type SettingDefinition } from '../src/setting-definitions.ts';
import { requiredOf } from '../src/sealing.ts';
import { readSettings, SettingsError, settingsTable } from '../src/settings.ts';
import { HANDED_OUT, MADE_HERE, secretIn, weaknessOf } from '../src/weak-secret.ts';

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
    const DATABASE_URL = 'postgresql://owner:6f1d0c2ab95e4738@db/x';
    expect(readSettings({ DATABASE_URL })).toMatchObject({ database: { owner: DATABASE_URL, logins: null }, demo: false });
    expect(readSettings({ DATABASE_URL, DEMO: 'yes' }).demo).toBe(true);
    expect(readSettings({ DEMO: 'off' }).demo).toBe(false);
  });

  test('AC-5: a provider is one with its issuer, and the address to come back to is the public one', () => {
    expect(readSettings({})).toMatchObject({ provider: null, passwords: true });
    const env = { OIDC_ISSUER: 'https://login.example.com/realms/a', OIDC_CLIENT_ID: 'countersign', PUBLIC_URL: 'https://c.example.com/' };
    expect(readSettings({ ...env, PASSWORD_SIGN_IN: 'no' })).toMatchObject({
      provider: {
        issuer: env.OIDC_ISSUER,
        clientId: 'countersign',
        clientSecret: null,
        name: 'single sign-on',
        scopes: 'openid email profile',
        callback: 'https://c.example.com/api/auth/oidc/callback',
      },
      passwords: false,
    });
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
    [
      { OIDC_ISSUER: 'https://login.example.com', PUBLIC_URL: 'https://c.example.com' },
      'OIDC_ISSUER and OIDC_CLIENT_ID go together: set both or neither.',
    ],
    [
      { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'countersign' },
      'OIDC_ISSUER needs PUBLIC_URL: the provider sends people back there.',
    ],
    [{ OIDC_CLIENT_SECRET: '551c128cd4eefda5' }, 'OIDC_CLIENT_SECRET needs OIDC_ISSUER and OIDC_CLIENT_ID.'],
    [
      { OIDC_ISSUER: 'http://login.example.com' },
      'OIDC_ISSUER is not valid: it must be an https address without a question mark, such as https://login.example.com; http on this machine alone.',
    ],
    [{ OIDC_SCOPES: 'openid profile' }, 'OIDC_SCOPES is not valid: it must be words with spaces in between, openid and email among them.'],
    [{ PASSWORD_SIGN_IN: 'false' }, 'PASSWORD_SIGN_IN can be false only where OIDC_ISSUER says by what else people sign in.'],
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

  describe('a secret that is easily guessed stops the start', () => {
    const GOOD = '551c128cd4eefda53b7a3fdb80abba79';
    const database = (password: string) => `postgresql://owner:${encodeURIComponent(password)}@db/x`;
    const others = { PUBLIC_URL: 'https://c.example.com' };
    const mail = { ...others, MAIL_FROM: 'a@example.com' };

    test.each([
      ['DATABASE_URL', { DATABASE_URL: database('postgres') }, 'is too short: it needs 16 characters at least'],
      ['DATABASE_URL', { DATABASE_URL: database('postgrespostgres') }, 'repeats the same few characters'],
      ['DATABASE_URL', { DATABASE_URL: database('change-me-please!') }, 'is made of words or rows of keys that everybody tries first'],
      ['DATABASE_URL', { DATABASE_URL: database('Change_Me_My_Secret') }, 'is made of words or rows of keys that everybody tries first'],
      ['DATABASE_URL', { DATABASE_URL: database('countersign-demo') }, 'is made of words or rows of keys that everybody tries first'],
      ['DATABASE_URL', { DATABASE_URL: database('countersign-2026!!') }, 'is made of words or rows of keys that everybody tries first'],
      ...[
        'S3cr3t-P@ssw0rd-2024',
        'P@55w0rd-1234567',
        'abcdefghijklmnop',
        'ponmlkjihgfedcba',
        'qwertyuiopasdfgh',
        'Qwertz-Uiop-Asdfg',
        '1qaz2wsx3edc4rfv',
        'AaBbCcDdEeFfGgHh',
        'Zyxwvu987654321!',
      ].map(
        (password) =>
          ['DATABASE_URL', { DATABASE_URL: database(password) }, 'is made of words or rows of keys that everybody tries first'] as const,
      ),
      ...['tiger-tiger-tiger', 'TigerLillyTigerLilly', 'mandelbaum mandelbaum'].map(
        (password) => ['DATABASE_URL', { DATABASE_URL: database(password) }, 'repeats the same few characters'] as const,
      ),
      ['DATABASE_URL', { DATABASE_URL: database('aaaaaaaaaaaaaaaaaaaa') }, 'repeats the same few characters'],
      ['DATABASE_URL', { DATABASE_URL: database('k3Jx9zQwk3Jx9zQwk3Jx9zQw') }, 'repeats the same few characters'],
      ['DATABASE_URL', { DATABASE_URL: database('ababcdcdababcdcd') }, 'repeats the same few characters'],
      [
        'DATABASE_APP_URL',
        { DATABASE_APP_URL: database('postgresql-password') },
        'is made of words or rows of keys that everybody tries first',
      ],
      [
        'DATABASE_SEQUENCER_URL',
        { DATABASE_SEQUENCER_URL: database('1234567890123456') },
        'is made of words or rows of keys that everybody tries first',
      ],
      ['METRICS_TOKEN', { METRICS_TOKEN: 'my-metrics-token' }, 'is made of words or rows of keys that everybody tries first'],
      [
        'SMTP_URL',
        { SMTP_URL: 'smtp://user:password@mail.example.com:587', ...mail },
        'is made of words or rows of keys that everybody tries first',
      ],
      ['SMTP_URL', { SMTP_URL: 'smtp://user:abc@mail.example.com:587', ...mail }, 'is too short: it needs 8 characters at least'],
      ['SMS_TOKEN', { SMS_TOKEN: 'your-token-here' }, 'is made of words or rows of keys that everybody tries first'],
      ['SECOND_FACTOR_KEY', { SECOND_FACTOR_KEY: `${'A'.repeat(43)}=` }, 'repeats the same few characters'],
      [
        'OIDC_CLIENT_SECRET',
        { OIDC_CLIENT_SECRET: 'my-client-secret', OIDC_ISSUER: 'https://login.example.org', OIDC_CLIENT_ID: 'c', ...others },
        'is made of words or rows of keys that everybody tries first',
      ],
    ] as const)('%s %o', (name, given, weakness) => {
      const logins = { DATABASE_APP_URL: database(`${GOOD}1`), DATABASE_SEQUENCER_URL: database(`${GOOD}2`) };
      const env = { DATABASE_URL: database(GOOD), ...logins, ...given };
      const problems = problemsOf(env);
      const secret = name.endsWith('_URL') ? `The password in ${name}` : name;
      expect(problems).toEqual([expect.stringContaining(`${secret} ${weakness}. Make one with \`openssl rand`)]);
      expect(problems.join()).not.toContain((given as Record<string, string>)[name]);
      expect(problemsOf({ ...env, DEMO: 'true' })).toEqual([]);
    });

    test('what is drawn by chance passes, and so does an address without a password', () => {
      for (let n = 0; n < 1_000; n++)
        for (const [bytes, form] of [
          [16, 'hex'],
          [24, 'hex'],
          [32, 'hex'],
          [32, 'base64'],
          [32, 'base64url'],
        ] as const) {
          const secret = randomBytes(bytes).toString(form);
          if (weaknessOf(secret, { least: MADE_HERE }) !== null) expect.fail(`refused: ${secret}`);
        }
      expect(problemsOf({ DATABASE_URL: 'postgresql://owner@db/x', SMTP_URL: 'smtp://mail.example.com', ...mail })).toEqual([]);
    });

    test('the examples of this project are none that pass', () => {
      const secrets = Object.values(DEFINITIONS as Readonly<Record<string, SettingDefinition<unknown>>>).flatMap(({ allowed, secret }) => {
        const example = /\w+:\/\/[^ ,]+/.exec(allowed)?.[0];
        return secret?.part === 'the password in it' && example !== undefined ? [[secretIn(example, secret), secret] as const] : [];
      });
      expect(secrets.length).toBeGreaterThan(3);
      for (const [text, part] of secrets) expect(weaknessOf(text ?? '', part)).not.toBeNull();
      expect(weaknessOf(DEMO_PASSWORD, { least: HANDED_OUT })).not.toBeNull();
    });

    test('docker-compose.yml has no secret of its own: without one it doesn’t start, and says what to do', () => {
      const compose = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');
      const given = [...compose.matchAll(/\$\{(\w+)(:?[-?])?([^}]*)\}/g)].filter(([, name = '']) =>
        /PASSWORD|TOKEN|SECRET|_URL$/.test(name),
      );
      expect(given.map(([, name]) => name)).toContain('POSTGRES_PASSWORD');
      for (const [whole, , how, text = ''] of given) if (how === ':-') expect(text, whole).toBe('');
      expect(compose).toMatch(/POSTGRES_PASSWORD: \$\{POSTGRES_PASSWORD:\?[^}]*docker-compose\.yml\}/);
      expect(compose).toContain('openssl rand -hex 24');
    });
  });

  test('AC-5: admins need a second factor unless something else is set, and nobody in a demonstration', () => {
    const required = (env: Record<string, string>, demo: boolean) => [...requiredOf(readSettings(env), demo)];
    expect([required({}, false), required({}, true)]).toEqual([['admin'], []]);
    expect(required({ SECOND_FACTOR_ROLES: 'admin, manager' }, true)).toEqual(['admin', 'manager']);
    expect(required({ SECOND_FACTOR_ROLES: 'none' }, false)).toEqual([]);
    expect(() => readSettings({ SECOND_FACTOR_ROLES: 'boss' })).toThrow('SECOND_FACTOR_ROLES is not valid');
    expect(() => readSettings({ SECOND_FACTOR_KEY: 'short' })).toThrow('SECOND_FACTOR_KEY is not valid');
  });

  test('docs/settings.md lists exactly these', () => {
    expect(readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8')).toContain(settingsTable());
  });
});
