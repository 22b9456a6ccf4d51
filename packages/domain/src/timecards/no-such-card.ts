import { Refusal } from '../errors.ts';

/** AC-3: said of a card that somebody may not see as of one that there isn't, so that nobody learns which. */
export const noSuchCard = (): Refusal =>
  new Refusal(
    'NOT_FOUND',
    'There is no such timecard, or you may not see it.',
    'It may have been deleted, or be neither yours nor of somebody or somewhere you are responsible for.',
  );
