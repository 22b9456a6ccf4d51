import { leftToGuess } from '@countersign/domain/people/password/guessable.rules';

/** Which part of a setting's value is a secret, and how long a good one is at least. */
export interface SecretPart {
  readonly part: 'all of it' | 'the password in it';
  /** Characters. Secrets that somebody else hands out may be shorter than those that are made for us. */
  readonly least: number;
  /** How to make one, where it has to have a form of its own. */
  readonly made?: string;
}

/** How long a secret is at least that is made for this server. */
export const MADE_HERE: number = 16;
/** And one that another service hands out. */
export const HANDED_OUT: number = 8;

/** What defaults, examples in documents and hurried people put in the place of a secret, in small letters without signs. */
const WELL_KNOWN =
  /change(?:this|it|me)?|replace(?:this|it|me)?|secrets?|passwords?|passwort|passwd|passw0rd|p4ssw0rd|postgre(?:s|sql)?|pgsql|countersign|database|default|placeholder|insecure|example|sample|hunter2|letmein|welcome|qwert[yz]|asdf|admin(?:istrator)?|root|super|user|owner|app|demo|dummy|test(?:ing)?|dev(?:elopment)?|prod(?:uction)?|local(?:host)?|my|your|here|the|please|todo|foobar|foo|bar|baz|xxx+|key|token|client|metrics|smtp|mail|sms|oidc|correct|horse|battery|staple|abc123|abc|0?1234567890?|0?987654321|123456|1234|123|(?:19|20)\d\d/g;

/** Kinds of characters that a secret has at least. */
const KINDS = 6;
/** Characters that have to be left to guess when what is well known is taken out: half of the shortest that is long enough, so that chance is never taken for a word. */
const leastLeft = (least: number) => least / 2;

/** Why a secret is none, in words that follow its name; null where it will do. It says nothing of what it holds. */
export function weaknessOf(secret: string, { least }: Pick<SecretPart, 'least'>): string | null {
  if (secret.length < least) return `is too short: it needs ${least} characters at least`;
  if (new Set(secret).size < KINDS || isRepeated(secret)) return 'repeats the same few characters';
  return leftToGuess(secret, WELL_KNOWN).length < leastLeft(least) ? 'is made of words or rows of keys that everybody tries first' : null;
}

/** Whether it is one piece, over and over, whatever stands between. */
function isRepeated(secret: string): boolean {
  if (/^(.{1,8}?)\1{2,}.{0,7}$/su.test(secret)) return true;
  const plain = secret.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return (plain + plain).indexOf(plain, 1) < plain.length;
}

/** The secret in a value, where there is one: an address may come without a password. */
export function secretIn(text: string, { part }: Pick<SecretPart, 'part'>): string | null {
  if (part === 'all of it') return text;
  const { password } = new URL(text);
  return password === '' ? null : decoded(password);
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password; // a percent sign that begins nothing
  }
}

/** How to make one that will do, otherwise: letters and digits alone, so that it can stand in an address as well. */
export const HOW_TO_MAKE_ONE = `Make one with \`openssl rand -hex 24\`, or \`node -p "crypto.randomBytes(24).toString('hex')"\``;
