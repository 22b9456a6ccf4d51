import { Refusal } from '../errors.ts';

const WORDS = 'This account is disabled.';

/** Why somebody isn't let in who has shown who they are: nobody else learns that the account exists. */
export const accountDisabled = (): Refusal => new Refusal('UNAUTHORIZED', WORDS, 'Ask an admin to enable it.');

/** Whether that is why: it is told otherwise than that nobody is known. */
export const isOfDisabled = ({ message }: Refusal): boolean => message === WORDS;
