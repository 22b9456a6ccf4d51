import { randomInt } from 'node:crypto';
import { hashOfToken } from '../secret-token.ts';
import { typed } from './totp.rules.ts';

/** Letters and digits that nobody mistakes for another: 32 of them, so each is worth five bits. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const HOW_MANY = 10;
/** 80 bits: no number of attempts finds one, and a plain hash keeps it. */
const LETTERS = 16;

const newCode = () =>
  Array.from({ length: LETTERS }, (_, n) => (n && n % 4 === 0 ? '-' : '') + ALPHABET.charAt(randomInt(ALPHABET.length))).join('');

/** Ten codes to write down, `ABCD-EFGH-JKLM-NPQR`. */
export const newRecoveryCodes = (): string[] => Array.from({ length: HOW_MANY }, newCode);

/** What is kept of one, however it was typed. */
export const hashOfCode = (code: string): string => hashOfToken(typed(code));
