import type { FieldProblem } from '../../errors.ts';
import { leftToGuess } from './guessable.rules.ts';

/** Characters. NIST SP 800-63B asks for length, not for kinds of characters. */
export const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 200;

/** What most of the usual passwords are made of, once digits stand for themselves and letters are small. */
const USUAL =
  /password|passwort|passwd|pa55word|p455w0rd|p4ssw0rd|passw0rd|qwertyuiop|qwertzuiop|azertyuiop|asdfghjkl|qwerty|qwertz|azerty|asdfgh|zxcvbnm|yxcvbnm|1q2w3e4r5t6y|1q2w3e4r5t|1q2w3e4r|1qaz2wsx|q1w2e3r4|letmein|welcome|willkommen|iloveyou|changeme|administrator|admin|football|baseball|basketball|sunshine|princess|superman|trustno1|monkey|dragon|abcdefghijkl|abcdefgh|abc123|0?1234567890?|0?987654321|123123|112233|121212|000000|111111|(?:19|20)\d\d|(.)\1{2,}/g;

/** What has to be left when what everybody tries first is taken out. Characters. */
const LEFT = 6;

/** Who is to have the password: nobody's own name makes one. */
export interface Whose {
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** What is wrong with a password, in words for whoever chose it; nothing where it will do. */
export function passwordProblems(password: string, whose: Whose): FieldProblem[] {
  const problem = (message: string) => [{ field: 'password', message }];
  if (password.length < SHORTEST_PASSWORD)
    return problem(`A password has at least ${SHORTEST_PASSWORD} characters: a few words in a row are easy to remember.`);
  if (password.length > LONGEST_PASSWORD) return problem(`A password has at most ${LONGEST_PASSWORD} characters.`);
  if (new Set(password).size < 4) return problem('This password repeats too few different characters.');
  if (password.toLowerCase() === whose.email.trim().toLowerCase()) return problem('The mail address is no password.');
  const small = password.toLowerCase();
  if (left(small) < LEFT)
    return problem('This is among the passwords that are tried first: choose a few words that have nothing to do with each other.');
  if (left(withoutNames(small, whose)) < LEFT) return problem('Your own name or address is what is tried first: choose something else.');
  return [];
}

const left = (text: string): number => leftToGuess(text, USUAL).length;

function withoutNames(text: string, { email, firstName = '', lastName = '' }: Whose): string {
  const [local = ''] = email.toLowerCase().split('@');
  const names = [local, ...local.split(/[^\p{L}\p{N}]+/u), firstName.toLowerCase(), lastName.toLowerCase()];
  return names
    .filter((name) => name.length > 2)
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, name) => rest.replaceAll(name, ''), text);
}
