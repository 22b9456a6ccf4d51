import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, as they stand in an address: nobody guesses one. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256 of a token, in hex: what stands in a table is of no use to whoever reads it. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');
