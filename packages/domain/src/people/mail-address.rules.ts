/**
 * A mail address as it is kept and compared. Letters A to Z alone are made small: folding all of Unicode makes addresses the same that
 * aren't, such as one with the Kelvin sign and one with a k.
 */
export const mailAddress = (text: string): string => text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The first character of an address that is none of ASCII, of which accounts' addresses are made; null where there is none. */
export const foreignIn = (address: string): string | null => /[^\x20-\x7e]/u.exec(address)?.[0] ?? null;
