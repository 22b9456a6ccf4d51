import { z } from 'zod';
import { ROLES } from '@countersign/domain/people/rights/permissions';
import { HANDED_OUT, MADE_HERE, type SecretPart } from './weak-secret.ts';

/** One environment variable: what it means, what it may be, and what it is when it isn't set. */
export interface SettingDefinition<Value> {
  readonly about: string;
  /** Follows "it must be". */
  readonly allowed: string;
  /** The text that stands in for an absent variable; null where absence itself means something. */
  readonly fallback: string | null;
  readonly schema: z.ZodType<Value, string>;
  /** Where it holds a secret: outside a demonstration one that is easily guessed stops the start. */
  readonly secret?: SecretPart;
}

const setting = <Value, Fallback extends string | null>(definition: SettingDefinition<Value> & { readonly fallback: Fallback }) =>
  definition;

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const yesOrNo = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
  .transform((text) => ['true', '1', 'yes', 'on'].includes(text));
/** What a provider's address may be: its documents are read from there, by nobody else's leave than TLS's. */
function isIssuer(text: string): boolean {
  const { protocol, hostname, pathname, search, hash, username } = new URL(text);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || isHere) && !search && !hash && !username && !pathname.includes('/.well-known/');
}
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const POSTGRES = 'an address such as postgresql://user:password@host:5432/database';
const DATABASE_SECRET: SecretPart = { part: 'the password in it', least: MADE_HERE };
const YES_OR_NO = 'true or false';

/** Every setting, by the name of its variable. */
export const DEFINITIONS = {
  PORT: setting({
    about: 'Where pages, interface and live feed are served, all on one port.',
    allowed: 'a port from 0 to 65535, 0 for any free one',
    fallback: '3000',
    schema: wholeNumber(0, 65_535),
  }),
  HOST: setting({
    about: 'The address to listen on. The default is reachable from this machine only.',
    allowed: 'a host name or an IP address, such as 127.0.0.1 or 0.0.0.0',
    fallback: '127.0.0.1',
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,255}$/),
  }),
  DATABASE_URL: setting({
    about:
      'The owner of a PostgreSQL 18 database: makes tables and roles, and does nothing else. Without it a PostgreSQL of our own is started.',
    allowed: POSTGRES,
    fallback: null,
    schema: postgresUrl,
    secret: DATABASE_SECRET,
  }),
  DATABASE_APP_URL: setting({
    about: 'A login role for the application, where the owner may not create one. Needs DATABASE_URL and DATABASE_SEQUENCER_URL.',
    allowed: POSTGRES,
    fallback: null,
    schema: postgresUrl,
    secret: DATABASE_SECRET,
  }),
  DATABASE_SEQUENCER_URL: setting({
    about: 'A login role for the sequencer, where the owner may not create one. Needs DATABASE_URL and DATABASE_APP_URL.',
    allowed: POSTGRES,
    fallback: null,
    schema: postgresUrl,
    secret: DATABASE_SECRET,
  }),
  DATABASE_CONNECTIONS: setting({
    about: 'Connections for the application at most; a few more serve sequencer, feed and log.',
    allowed: 'a number from 2 to 500',
    fallback: '20',
    schema: wholeNumber(2, 500),
  }),
  DATA_DIR: setting({
    about: 'Where the embedded PostgreSQL keeps its data, and where events wait that can’t be written at the moment.',
    allowed: 'a folder',
    fallback: '.data',
    schema: z.string().max(1_000),
  }),
  DISK_WATERMARK: setting({
    about: 'With less than so many percent of the disk left on which DATA_DIR lies, administrators are told. 0 for never.',
    allowed: 'a number from 0 to 90',
    fallback: '5',
    schema: wholeNumber(0, 90),
  }),
  DEMO: setting({
    about:
      'Whether to fill an empty database with a demonstration and offer its accounts for signing in. By default with the embedded database only.',
    allowed: YES_OR_NO,
    fallback: null,
    schema: yesOrNo,
  }),
  LOG_LEVEL: setting({
    about: 'How much is logged.',
    allowed: 'one of fatal, error, warn, info, debug, trace, silent',
    fallback: 'info',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  }),
  TRUST_PROXY: setting({
    about:
      'How many proxies of your own stand before this server. So many of the last entries of X-Forwarded-For, and X-Forwarded-Proto and -Host, are believed.',
    allowed: 'a number from 0 to 10',
    fallback: '0',
    schema: wholeNumber(0, 10),
  }),
  SECOND_FACTOR_ROLES: setting({
    about:
      'Which roles need a second factor: whoever has none can do nothing but set one up. By default admins, and nobody in a demonstration.',
    allowed: 'roles with commas in between, such as admin,manager; or none',
    fallback: null,
    schema: z
      .string()
      .transform((text) => (text === 'none' ? [] : text.split(',').map((role) => role.trim())))
      .pipe(z.array(z.enum(ROLES))),
  }),
  SECOND_FACTOR_KEY: setting({
    about:
      'With what the secrets of second factors are encrypted; several nodes need the same. Further ones, after a comma, still open what they encrypted before. Without it a key is made and kept in DATA_DIR.',
    allowed: '32 bytes in base64, as "openssl rand -base64 32" prints them',
    fallback: null,
    schema: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=( *, *[A-Za-z0-9+/]{43}=)*$/)
      .transform((text) => text.split(',').map((key) => Buffer.from(key.trim(), 'base64'))),
    secret: { part: 'all of it', least: MADE_HERE, made: 'Make one with `openssl rand -base64 32`' },
  }),
  RATE_LIMIT_CALLS: setting({
    about:
      'How many calls of the interface a person may make in a minute; a token may make half as many of them, and an address ten times as many. 0 for no limit.',
    allowed: 'a number from 0 to 1000000',
    fallback: '1200',
    schema: wholeNumber(0, 1_000_000),
  }),
  RATE_LIMIT_LOG: setting({
    about: 'How many of them may read the log. 0 for no limit but the other one.',
    allowed: 'a number from 0 to 1000000',
    fallback: '600',
    schema: wholeNumber(0, 1_000_000),
  }),
  LIVE_REPLAY: setting({
    about: 'A page that was cut off for more events than this reloads instead of catching up.',
    allowed: 'a number from 100 to 1000000',
    fallback: '20000',
    schema: wholeNumber(100, 1_000_000),
  }),
  IMPORT_MEGABYTES: setting({
    about: 'How large a file of timecards may be that is uploaded for an import.',
    allowed: 'a number from 1 to 1024',
    fallback: '64',
    schema: wholeNumber(1, 1_024),
  }),
  METRICS_TOKEN: setting({
    about:
      'Who names it as a bearer token may read /metrics, from wherever. Without it programs on this machine may, and nobody where a proxy stands before this server.',
    allowed: '16 to 200 letters, digits, - or _',
    fallback: null,
    schema: z.string().regex(/^[\w-]{16,200}$/),
    secret: { part: 'all of it', least: MADE_HERE },
  }),
  PUBLIC_URL: setting({
    about: 'Where people find this server: links in messages lead there.',
    allowed: 'an address such as https://countersign.example.com',
    fallback: null,
    schema: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  }),
  SMTP_URL: setting({
    about: 'The server that mails are sent by. Without it they stay in the outbox. Needs MAIL_FROM and PUBLIC_URL.',
    allowed: 'an address such as smtp://user:password@mail.example.com:587, or smtps://',
    fallback: null,
    schema: z.url({ protocol: /^smtps?$/ }),
    secret: { part: 'the password in it', least: HANDED_OUT },
  }),
  MAIL_FROM: setting({
    about: 'Whom mails are from.',
    allowed: 'a mail address, or a name and an address such as Countersign <countersign@example.com>',
    fallback: null,
    schema: z
      .string()
      .max(300)
      .regex(/^[^<>@,;\r\n]*<?[^\s<>@,;]+@[^\s<>@,;]+>?$/),
  }),
  SMS_URL: setting({
    about: 'Where text messages are posted, as JSON with to, text and from. Without it they stay in the outbox. Needs PUBLIC_URL.',
    allowed: 'an address such as https://sms.example.com/messages',
    fallback: null,
    schema: z.url({ protocol: /^https?$/ }),
  }),
  SMS_TOKEN: setting({
    about: 'What the SMS provider knows this server by, sent as a bearer token.',
    allowed: 'a text without spaces',
    fallback: null,
    schema: z.string().regex(/^\S{1,1000}$/),
    secret: { part: 'all of it', least: HANDED_OUT },
  }),
  SMS_FROM: setting({
    about: 'Whom text messages are from, where the provider wants to know.',
    allowed: 'a telephone number or a name of up to 20 characters',
    fallback: null,
    schema: z.string().regex(/^[\w +.-]{1,20}$/),
  }),
  PUSH_CONTACT: setting({
    about: 'Whom a push service can write to about this server. Without it no browser is offered Web Push. Needs PUBLIC_URL.',
    allowed: 'mailto: and a mail address, or an https address',
    fallback: null,
    schema: z.url({ protocol: /^(mailto|https)$/ }),
  }),
  PUSH_SERVICES: setting({
    about: 'Hosts of the push services that may be sent to, with commas in between; *. stands for all below one.',
    allowed: 'host names such as fcm.googleapis.com or *.push.apple.com',
    fallback: 'fcm.googleapis.com,*.push.services.mozilla.com,*.notify.windows.com,*.push.apple.com',
    schema: z
      .string()
      .regex(/^(\*\.)?[\w.:-]+( *, *(\*\.)?[\w.:-]+)*$/)
      .transform((text) => text.split(',').map((host) => host.trim())),
  }),
  OIDC_ISSUER: setting({
    about:
      'A provider of OpenID Connect by whose accounts people sign in, as it names itself. Needs OIDC_CLIENT_ID and PUBLIC_URL; the address to come back to is PUBLIC_URL with /api/auth/oidc/callback.',
    allowed: 'an https address without a question mark, such as https://login.example.com; http on this machine alone',
    fallback: null,
    schema: z.url({ protocol: /^https?$/ }).refine(isIssuer),
  }),
  OIDC_CLIENT_ID: setting({
    about: 'What the provider knows this server as.',
    allowed: 'a text without spaces',
    fallback: null,
    schema: z.string().regex(/^\S{1,300}$/),
  }),
  OIDC_CLIENT_SECRET: setting({
    about: 'By what this server shows the provider who it is. Without it PKCE alone does.',
    allowed: 'a text without spaces',
    fallback: null,
    schema: z.string().regex(/^\S{1,1000}$/),
    secret: { part: 'all of it', least: HANDED_OUT },
  }),
  OIDC_NAME: setting({
    about: 'What the provider is called on the page where one signs in.',
    allowed: 'up to 40 characters',
    fallback: 'single sign-on',
    schema: z.string().max(40),
  }),
  OIDC_SCOPES: setting({
    about: 'What the provider is asked for.',
    allowed: 'words with spaces in between, openid and email among them',
    fallback: 'openid email profile',
    schema: z.string().regex(/^(?=(.* )?openid( |$))(?=(.* )?email( |$))[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/),
  }),
  PASSWORD_SIGN_IN: setting({
    about: 'Whether people sign in by passwords. Without it by the provider alone; needs OIDC_ISSUER.',
    allowed: YES_OR_NO,
    fallback: 'true',
    schema: yesOrNo,
  }),
  SHUTDOWN_SECONDS: setting({
    about: 'How long requests that are under way may take when the server stops.',
    allowed: 'a number from 0 to 600',
    fallback: '10',
    schema: wholeNumber(0, 600),
  }),
} as const;
