import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Role } from '@countersign/domain/people/rights/permissions';
import type { Quotas } from './limits/limits.ts';
import { DEFINITIONS, type SettingDefinition } from './setting-definitions.ts';
import { HOW_TO_MAKE_ONE, secretIn, weaknessOf } from './weak-secret.ts';

type Definitions = typeof DEFINITIONS;
type Name = keyof Definitions;
type ValueOf<Key extends Name> = Definitions[Key] extends SettingDefinition<infer Value> ? Value : never;
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
  /** Percent of its disk that are to stay free; 0 where nobody asks. */
  readonly diskWatermark: number;
  readonly demo: boolean;
  readonly logLevel: string;
  readonly proxies: number;
  readonly quotas: Quotas;
  readonly liveReplay: number;
  /** Bytes. */
  readonly importLimit: number;
  readonly shutdownSeconds: number;
  /** Null: /metrics is open to this machine only. */
  readonly metricsToken: string | null;
  readonly secondFactor: SecondFactorSettings;
  readonly messages: MessageSettings;
  /** Null: passwords alone. */
  readonly provider: ProviderSettings | null;
  /** Whether passwords sign in. */
  readonly passwords: boolean;
}

/** A provider of OpenID Connect. */
export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly name: string;
  readonly scopes: string;
  /** Where it sends people back to. */
  readonly callback: string;
}

export interface SecondFactorSettings {
  /** Roles that need one; null: admins, and nobody in a demonstration. */
  readonly roles: readonly Role[] | null;
  /** Null: the server makes one. */
  readonly keys: readonly Buffer[] | null;
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
  if (!problems.length) problems.push(...contradictions(variables), ...(isDemo(variables) ? [] : weakSecrets(env)));
  if (problems.length) throw new SettingsError(problems);
  return settingsOf(variables);
}

function read(name: Name, given: string | undefined, problems: string[]): unknown {
  const { schema, fallback, allowed } = DEFINITIONS[name] as SettingDefinition<unknown>;
  const text = given?.trim() || fallback;
  if (text === null) return null;
  const parsed = schema.safeParse(text);
  if (!parsed.success) problems.push(`${name} is not valid: it must be ${allowed}.`); // without its value: some are secrets
  return parsed.data;
}

/** Its accounts have a published password anyway. */
const isDemo = ({ DEMO, DATABASE_URL }: Variables): boolean => DEMO ?? DATABASE_URL === null;

/** Names the setting and what to do, never what it holds. */
function weakSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return (Object.keys(DEFINITIONS) as Name[]).flatMap((name) => {
    const { secret } = DEFINITIONS[name] as SettingDefinition<unknown>;
    const text = env[name]?.trim();
    const held = secret && text ? secretIn(text, secret) : null;
    const weakness = secret && held !== null ? weaknessOf(held, secret) : null;
    if (!secret || weakness === null) return [];
    const what = secret.part === 'all of it' ? name : `The password in ${name}`;
    return [`${what} ${weakness}. ${secret.made ?? HOW_TO_MAKE_ONE}, and set it wherever the present one is known.`];
  });
}

function contradictions(variables: Variables): string[] {
  return [...contradictoryLogins(variables), ...unfinishedMessages(variables), ...unfinishedProvider(variables)];
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

/** Nobody is left outside: without passwords there is a provider. */
function unfinishedProvider({ OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, PUBLIC_URL, PASSWORD_SIGN_IN }: Variables): string[] {
  return [
    ...((OIDC_ISSUER === null) === (OIDC_CLIENT_ID === null) ? [] : ['OIDC_ISSUER and OIDC_CLIENT_ID go together: set both or neither.']),
    ...(OIDC_CLIENT_SECRET !== null && OIDC_ISSUER === null ? ['OIDC_CLIENT_SECRET needs OIDC_ISSUER and OIDC_CLIENT_ID.'] : []),
    ...(OIDC_ISSUER !== null && PUBLIC_URL === null ? ['OIDC_ISSUER needs PUBLIC_URL: the provider sends people back there.'] : []),
    ...(!PASSWORD_SIGN_IN && OIDC_ISSUER === null
      ? ['PASSWORD_SIGN_IN can be false only where OIDC_ISSUER says by what else people sign in.']
      : []),
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

/** Where a provider sends people back to, on this server. */
export const CALLBACK = '/api/auth/oidc/callback';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function settingsOf(variables: Variables): Settings {
  const { DATABASE_URL: owner, DATABASE_APP_URL: app, DATABASE_SEQUENCER_URL: sequencer } = variables;
  return {
    port: variables.PORT,
    host: variables.HOST,
    database: owner === null ? null : { owner, logins: app !== null && sequencer !== null ? { app, sequencer } : null },
    connections: variables.DATABASE_CONNECTIONS,
    dataDir: resolve(ROOT, variables.DATA_DIR),
    diskWatermark: variables.DISK_WATERMARK,
    demo: isDemo(variables),
    logLevel: variables.LOG_LEVEL,
    proxies: variables.TRUST_PROXY,
    quotas: { calls: variables.RATE_LIMIT_CALLS, log: variables.RATE_LIMIT_LOG },
    liveReplay: variables.LIVE_REPLAY,
    importLimit: variables.IMPORT_MEGABYTES * 1024 * 1024,
    shutdownSeconds: variables.SHUTDOWN_SECONDS,
    metricsToken: variables.METRICS_TOKEN,
    secondFactor: { roles: variables.SECOND_FACTOR_ROLES, keys: variables.SECOND_FACTOR_KEY },
    messages: messagesOf(variables),
    provider: providerOf(variables),
    passwords: variables.PASSWORD_SIGN_IN,
  };
}

function providerOf({
  OIDC_ISSUER,
  OIDC_CLIENT_ID,
  OIDC_CLIENT_SECRET,
  OIDC_NAME,
  OIDC_SCOPES,
  PUBLIC_URL,
}: Variables): ProviderSettings | null {
  if (OIDC_ISSUER === null || OIDC_CLIENT_ID === null || PUBLIC_URL === null) return null;
  return {
    issuer: OIDC_ISSUER,
    clientId: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    name: OIDC_NAME,
    scopes: OIDC_SCOPES,
    callback: `${PUBLIC_URL}${CALLBACK}`,
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
  const rows = Object.entries(DEFINITIONS as Readonly<Record<string, SettingDefinition<unknown>>>).map(
    ([name, { about, allowed, fallback, secret }]) =>
      `| \`${name}\` | ${about} | ${allowed}${secret ? ` (a secret: ${secret.part})` : ''} | ${fallback === null ? 'not set' : `\`${fallback}\``} |`,
  );
  return ['| variable | what for | what it may be | default |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
