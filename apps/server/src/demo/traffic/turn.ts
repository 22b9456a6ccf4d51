import type { z } from 'zod';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { dayFields, type TimeFields } from '@countersign/domain/timecards/times.rules';
import type { timecardView } from '@countersign/domain/timecards/timecard.views';
import type { Chance } from '../chance.ts';
import { HABITS, shiftOn } from '../habits.ts';
import { AFTER_APPROVAL, REMEMBERED, TIME_PUT_RIGHT, WRONG_IN, WRONG_OUT } from '../reasons.ts';
import { type CardWork, entryOf } from '../step.ts';
import { TRAFFIC_SITE, type Crew } from './crew.ts';

/** A card as it stands. */
export type Standing = Pick<z.output<typeof timecardView>, 'id' | 'version' | 'status' | 'editedAfterApproval' | 'fieldsToMend'> & {
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
    case 'rejected': {
      const open = openIn(card);
      if (!open.length || chance.happens(0.1)) return { actor: owner, work: { command: 'submit', input: {} } };
      return { actor: owner, work: remembered(chance.pick(open), chance) };
    }
    case 'submitted':
      return { actor: crew.decider, work: decided(card, approvable && chance.happens(0.5), chance) };
    case 'approved':
      if (card.editedAfterApproval && chance.happens(0.5)) return { actor: crew.decider, work: { command: 'approve', input: {} } };
      return { actor: crew.corrector, work: correctedAfterApproval(card, chance) };
    default:
      return card.status satisfies never;
  }
}

/** The times of a day that are written together. */
const PARTS = { in: ['checkIn'], out: ['checkOut'], break: ['breakStart', 'breakEnd'] } as const satisfies Record<
  string,
  readonly (keyof TimeFields)[]
>;
type Part = keyof typeof PARTS;
type Day = Standing['entries'][number];

/** Something that can be written otherwise. */
interface Place {
  readonly day: Day;
  readonly part: Part;
}

/** TC-11: where its owner may write: after a rejection that names fields only there. */
function openIn({ entries, fieldsToMend }: Standing): Place[] {
  const places = entries.flatMap((day) => (Object.keys(PARTS) as Part[]).map((part) => ({ day, part })));
  return fieldsToMend.length ? places.filter((place) => fieldsOf(place).some((field) => fieldsToMend.includes(field))) : places;
}

/** As refusals name them. */
const fieldsOf = ({ day, part }: Place): string[] => PARTS[part].map((time) => dayFields(day.workDate)[time]);

/** One time of one day, as its owner remembers it better; now and then they say why. */
function remembered(place: Place, chance: Chance): Turn['work'] {
  const { part } = place;
  const { shift, entry } = correction(place, chance);
  const reason = chance.happens(0.3) ? { reason: chance.pick(REMEMBERED[part])(shift, TRAFFIC_SITE.timeZone) } : {};
  return { command: 'update', input: { entries: [entry], ...reason } };
}

function correctedAfterApproval(card: Standing, chance: Chance): Turn['work'] {
  const { shift, entry } = correction({ day: chance.pick(card.entries), part: 'out' }, chance);
  return { command: 'update', input: { entries: [entry], reason: chance.pick(AFTER_APPROVAL)(shift, TRAFFIC_SITE.timeZone) } };
}

function decided(card: Standing, approved: boolean, chance: Chance): Turn['work'] {
  if (approved) return { command: 'approve', input: {} };
  const place = { day: chance.pick(card.entries), part: chance.pick(['in', 'out'] as const) };
  const { shift, entry } = correction(place, chance);
  const mends = chance.happens(0.4);
  const words = mends ? TIME_PUT_RIGHT : place.part === 'in' ? WRONG_IN : WRONG_OUT;
  const reason = chance.pick(words)(shift, TRAFFIC_SITE.timeZone);
  return { command: 'reject', input: { reason, ...(mends ? { entries: [entry] } : { fieldsToMend: fieldsOf(place) }) } };
}

/** A day of the card as it may have been too, and the part of it that is written. */
function correction({ day, part }: Place, chance: Chance) {
  const other = (): Sheet => shiftOn(day.workDate, HABITS.regular, TRAFFIC_SITE.timeZone, chance);
  let shift = other();
  // A time that is written as it stands is no change.
  while (isAsWritten(shift, day)) shift = other();
  const { workDate, checkIn, checkOut, breakStart, breakEnd } = shift;
  const written = { in: { checkIn }, out: { checkOut }, break: { breakStart, breakEnd } }[part];
  return { shift, entry: entryOf({ workDate, ...written }) };
}

const isAsWritten = ({ checkIn, checkOut, breakStart }: Sheet, day: Day) =>
  isSame(checkIn, day.dailyCheckIn) || isSame(checkOut, day.dailyCheckOut) || isSame(breakStart, day.dailyBreakStart);

const isSame = (one: string | null, other: string | null) => one !== null && other !== null && Date.parse(one) === Date.parse(other);
