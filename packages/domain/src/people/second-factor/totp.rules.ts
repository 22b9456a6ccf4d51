import { Secret, TOTP } from 'otpauth';

/** What every authenticator app understands, and most understand nothing else. */
const FORM = { issuer: 'Countersign', algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps that a telephone's clock may be off, to either side. */
const WINDOW = 1;
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;

/** A new secret, in base32, as people type it where they can't scan. */
export const newSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** The address that authenticator apps read from a QR code. */
export const addressOf = (secret: string, account: string): string =>
  new TOTP({ ...FORM, label: account, secret: Secret.fromBase32(secret) }).toString();

/** The step to which a code belongs, at this moment or one beside it; null where it is another's, or was made up. */
export function stepOf(secret: string, code: string, at: Date): number | null {
  if (!isCode(code)) return null;
  const timestamp = at.getTime();
  const delta = TOTP.validate({ ...FORM, secret: Secret.fromBase32(secret), token: code, timestamp, window: WINDOW });
  return delta === null ? null : TOTP.counter({ period: FORM.period, timestamp }) + delta;
}

/** Whether a text has the form of an app's code. Blanks have been taken out. */
export const isCode = (text: string): boolean => /^\d{6}$/.test(text);

/** What was typed or pasted, without the blanks and hyphens that it is shown with. */
export const typed = (text: string): string => text.replaceAll(/[\s-]/g, '').toUpperCase();
