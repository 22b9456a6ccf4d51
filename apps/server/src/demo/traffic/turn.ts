import type { z } from 'zod';
import type { Viewer } from '@countersign/domain/people/permissions';
import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import type { timecardView } from '@countersign/domain/timecards/timecard.views';
import type { Chance } from '../chance.ts';
import { HABITS, shiftOn } from '../habits.ts';
import { AFTER_APPROVAL, REMEMBERED, TIME_PUT_RIGHT, WRONG_IN, WRONG_OUT } from '../reasons.ts';
import { type CardWork, entryOf } from '../step.ts';
import { TRAFFIC_SITE, type Crew } from './crew.ts';

/** A card as it stands. */
export type Standing = Pick<z.output<typeof timecardView>, 'id' | 'version' | 'status' | 'editedAfterApproval'> & {
  readonly entries: readonly Pick<
    z.output<typeof timecardView>['entries'][number],
    'workDate' | 'dailyCheckIn' | 'dailyCheckOut' | 'dailyBreakStart'
  >[];
};

/** What somebody does next with a card. */
export interface Turn {
  readonly actor: Viewer;
  readonly work: Exclude<CardWork, { readonly command: 'create' | 'delete' }>;
}

export interface Round {
  readonly owner: Viewer;
  readonly crew: Pick<Crew, 'decider' | 'corrector'>;
  /** Whether this card may be approved: what is approved is corrected and approved anew from then on, and never rejected again. */
  readonly approvable: boolean;
  readonly chance: Chance;
}

/**
 * Mostly owners who write and correct their times, now and then a card that is submitted and decided upon: the work of
 * a morning, without an end.
 */
export function turnWith(card: Standing, round: Round): Turn {
  const { owner, crew, approvable, chance } = round;
  switch (card.status) {
    case 'draft':
    case 'rejected':
      if (chance.happens(0.1)) return { actor: owner, work: { command: 'submit', input: {} } };
      return { actor: owner, work: remembered(card, chance) };
    case 'submitted':
      return { actor: crew.decider, work: decided(card, approvable && chance.happens(0.5), chance) };
    case 'approved':
      if (card.editedAfterApproval && chance.happens(0.5)) return { actor: crew.decider, work: { command: 'approve', input: {} } };
      return { actor: crew.corrector, work: correctedAfterApproval(card, chance) };
    default:
      return card.status satisfies never;
  }
}

const PARTS = ['in', 'out', 'break'] as const;
type Part = (typeof PARTS)[number];

/** One time of one day, as its owner remembers it better; now and then they say why. */
function remembered(card: Standing, chance: Chance): Turn['work'] {
  const part = chance.pick(PARTS);
  const { shift, entry } = correction(card, part, chance);
  const reason = chance.happens(0.3) ? { reason: chance.pick(REMEMBERED[part])(shift, TRAFFIC_SITE.timeZone) } : {};
  return { command: 'update', input: { entries: [entry], ...reason } };
}

function correctedAfterApproval(card: Standing, chance: Chance): Turn['work'] {
  const { shift, entry } = correction(card, 'out', chance);
  return { command: 'update', input: { entries: [entry], reason: chance.pick(AFTER_APPROVAL)(shift, TRAFFIC_SITE.timeZone) } };
}

function decided(card: Standing, approved: boolean, chance: Chance): Turn['work'] {
  if (approved) return { command: 'approve', input: {} };
  const part = chance.pick(['in', 'out'] as const);
  const { shift, entry } = correction(card, part, chance);
  const mends = chance.happens(0.4);
  const words = mends ? TIME_PUT_RIGHT : part === 'in' ? WRONG_IN : WRONG_OUT;
  return { command: 'reject', input: { reason: chance.pick(words)(shift, TRAFFIC_SITE.timeZone), ...(mends && { entries: [entry] }) } };
}

/** A day of the card as it may have been too, and the part of it that is written. */
function correction(card: Standing, part: Part, chance: Chance) {
  const day = chance.pick(card.entries);
  const other = (): Sheet => shiftOn(day.workDate, HABITS.regular, TRAFFIC_SITE.timeZone, chance);
  let shift = other();
  // A time that is written as it stands is no change.
  while (isAsWritten(shift, day)) shift = other();
  const { workDate, checkIn, checkOut, breakStart, breakEnd } = shift;
  const written = { in: { checkIn }, out: { checkOut }, break: { breakStart, breakEnd } }[part];
  return { shift, entry: entryOf({ workDate, ...written }) };
}

const isAsWritten = ({ checkIn, checkOut, breakStart }: Sheet, day: Standing['entries'][number]) =>
  isSame(checkIn, day.dailyCheckIn) || isSame(checkOut, day.dailyCheckOut) || isSame(breakStart, day.dailyBreakStart);

const isSame = (one: string | null, other: string | null) => one !== null && other !== null && Date.parse(one) === Date.parse(other);
