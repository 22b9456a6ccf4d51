import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** One environment variable: what it means, what it may be, and what it is when it isn't set. */
interface Setting<Value> {
  readonly about: string;
  /** Follows "it must be". */
  readonly allowed: string;
  /** The text that stands in for an absent variable; null where absence itself means something. */
  readonly fallback: string | null;
  readonly schema: z.ZodType<Value, string>;
}

const setting = <Value, Fallback extends string | null>(definition: Setting<Value> & { readonly fallback: Fallback }) => definition;

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const yesOrNo = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
  .transform((text) => ['true', '1', 'yes', 'on'].includes(text));
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const POSTGRES = 'an address such as postgresql://user:password@host:5432/database';
const YES_OR_NO = 'true or false';

const DEFINITIONS = {
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
  }),
  DATABASE_APP_URL: setting({
    about: 'A login role for the application, where the owner may not create one. Needs DATABASE_URL and DATABASE_SEQUENCER_URL.',
    allowed: POSTGRES,
    fallback: null,
    schema: postgresUrl,
  }),
  DATABASE_SEQUENCER_URL: setting({
    about: 'A login role for the sequencer, where the owner may not create one. Needs DATABASE_URL and DATABASE_APP_URL.',
    allowed: POSTGRES,
    fallback: null,
    schema: postgresUrl,
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
  SHUTDOWN_SECONDS: setting({
    about: 'How long requests that are under way may take when the server stops.',
    allowed: 'a number from 0 to 600',
    fallback: '10',
    schema: wholeNumber(0, 600),
  }),
} as const;

type Definitions = typeof DEFINITIONS;
type Name = keyof Definitions;
type ValueOf<Key extends Name> = Definitions[Key] extends Setting<infer Value> ? Value : never;
/** As the variables are called, typed; null for what isn't set and has no default. */
type Variables = { readonly [Key in Name]: Definitions[Key] extends { readonly fallback: string } ? ValueOf<Key> : ValueOf<Key> | null };

/** Everything that can be set, read once at the start. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Null: the embedded one. */
  readonly database: { readonly owner: string; readonly logins: Logins | null } | null;
  readonly connections: number;
  readonly dataDir: string;
  readonly demo: boolean;
  readonly logLevel: string;
  readonly proxies: number;
  readonly liveReplay: number;
  /** Bytes. */
  readonly importLimit: number;
  readonly shutdownSeconds: number;
  /** Null: /metrics is open to this machine only. */
  readonly metricsToken: string | null;
  readonly messages: MessageSettings;
}

/** How messages leave; null for what is not set up and stays in the outbox. */
export interface MessageSettings {
  readonly publicUrl: string;
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
  readonly sms: { readonly url: string; readonly token: string | null; readonly from: string | null } | null;
  readonly push: { readonly contact: string; readonly services: readonly string[] } | null;
}

/** The connections of the two roles that are not the owner. */
export interface Logins {
  readonly app: string;
  readonly sequencer: string;
}

/** The start is refused: each problem is a sentence that names the variable and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The settings of this environment. @throws SettingsError with everything that is wrong. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const variables = Object.fromEntries(
    (Object.keys(DEFINITIONS) as Name[]).map((name) => [name, read(name, env[name], problems)]),
  ) as unknown as Variables;
  if (!problems.length) problems.push(...contradictions(variables));
  if (problems.length) throw new SettingsError(problems);
  return settingsOf(variables);
}

function read(name: Name, given: string | undefined, problems: string[]): unknown {
  const { schema, fallback, allowed } = DEFINITIONS[name] as Setting<unknown>;
  const text = given?.trim() || fallback;
  if (text === null) return null;
  const parsed = schema.safeParse(text);
  if (!parsed.success) problems.push(`${name} is not valid: it must be ${allowed}.`); // without its value: some are secrets
  return parsed.data;
}

function contradictions(variables: Variables): string[] {
  return [...contradictoryLogins(variables), ...unfinishedMessages(variables)];
}

/** A link that leads to localhost is none, on anybody's telephone. */
function unfinishedMessages(variables: Variables): string[] {
  const senders = (['SMTP_URL', 'SMS_URL', 'PUSH_CONTACT'] as const).filter((name) => variables[name] !== null);
  return [
    ...(senders.length && variables.PUBLIC_URL === null
      ? [`${senders.join(' and ')} ${senders.length > 1 ? 'need' : 'needs'} PUBLIC_URL: links in messages lead there.`]
      : []),
    ...((variables.SMTP_URL === null) === (variables.MAIL_FROM === null)
      ? []
      : ['SMTP_URL and MAIL_FROM go together: set both or neither.']),
  ];
}

function contradictoryLogins({ DATABASE_URL, DATABASE_APP_URL, DATABASE_SEQUENCER_URL }: Variables): string[] {
  const logins = [DATABASE_APP_URL, DATABASE_SEQUENCER_URL].filter((url) => url !== null).length;
  const problems: string[] = [];
  if (logins === 1) problems.push('DATABASE_APP_URL and DATABASE_SEQUENCER_URL go together: set both or neither.');
  if (logins && DATABASE_URL === null)
    problems.push('DATABASE_APP_URL and DATABASE_SEQUENCER_URL need DATABASE_URL, the owner of the same database.');
  if (DATABASE_URL !== null && [DATABASE_APP_URL, DATABASE_SEQUENCER_URL].includes(DATABASE_URL))
    problems.push('DATABASE_APP_URL and DATABASE_SEQUENCER_URL must name other roles than DATABASE_URL: the owner could alter the log.');
  return problems;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function settingsOf(variables: Variables): Settings {
  const { DATABASE_URL: owner, DATABASE_APP_URL: app, DATABASE_SEQUENCER_URL: sequencer } = variables;
  return {
    port: variables.PORT,
    host: variables.HOST,
    database: owner === null ? null : { owner, logins: app !== null && sequencer !== null ? { app, sequencer } : null },
    connections: variables.DATABASE_CONNECTIONS,
    dataDir: resolve(ROOT, variables.DATA_DIR),
    demo: variables.DEMO ?? owner === null,
    logLevel: variables.LOG_LEVEL,
    proxies: variables.TRUST_PROXY,
    liveReplay: variables.LIVE_REPLAY,
    importLimit: variables.IMPORT_MEGABYTES * 1024 * 1024,
    shutdownSeconds: variables.SHUTDOWN_SECONDS,
    metricsToken: variables.METRICS_TOKEN,
    messages: messagesOf(variables),
  };
}

function messagesOf({
  PORT,
  PUBLIC_URL,
  SMTP_URL,
  MAIL_FROM,
  SMS_URL,
  SMS_TOKEN,
  SMS_FROM,
  PUSH_CONTACT,
  PUSH_SERVICES,
}: Variables): MessageSettings {
  return {
    publicUrl: PUBLIC_URL ?? `http://localhost:${PORT}`,
    smtpUrl: SMTP_URL,
    mailFrom: MAIL_FROM,
    sms: SMS_URL === null ? null : { url: SMS_URL, token: SMS_TOKEN, from: SMS_FROM },
    push: PUSH_CONTACT === null ? null : { contact: PUSH_CONTACT, services: PUSH_SERVICES },
  };
}

/** The settings as a table for people, in Markdown. */
export function settingsTable(): string {
  const rows = Object.entries(DEFINITIONS as Readonly<Record<string, Setting<unknown>>>).map(
    ([name, { about, allowed, fallback }]) =>
      `| \`${name}\` | ${about} | ${allowed} | ${fallback === null ? 'not set' : `\`${fallback}\``} |`,
  );
  return ['| variable | what for | what it may be | default |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
