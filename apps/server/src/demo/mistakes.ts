import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { isOneDay } from '@countersign/domain/timecards/period.rules';
import { CARD_FIELDS, dayFields, type TimeFields } from '@countersign/domain/timecards/times.rules';
import { later } from './calendar.ts';
import { type Scene, zoneOf } from './history.ts';
import { BREAK_PUT_IN, NO_BREAK, TIME_PUT_RIGHT, WRONG_IN, WRONG_OUT } from './reasons.ts';
import type { Written } from './step.ts';

/** Something written that wasn't so: what stands on the card, what would mend it, and what a decider says to it. */
export interface Mistake {
  readonly shifts: readonly Sheet[];
  readonly truth: Sheet;
  readonly mend: Written;
  /** TC-11: what the decider asks for who leaves the mending to the owner, as refusals name it. */
  readonly fields: readonly string[];
  /** What the decider says who leaves the mending to the owner, or who does it. */
  readonly complaint: string;
  readonly correction: string;
}

type Kind = 'out' | 'in' | 'break';

const FIELDS = {
  out: ['checkOut'],
  in: ['checkIn'],
  break: ['breakStart', 'breakEnd'],
} as const satisfies Record<Kind, readonly (keyof TimeFields)[]>;

/** A mistake in one of a scene's shifts. */
export function mistakeIn(scene: Scene): Mistake {
  const { shifts, chance, owner } = scene;
  const kind = chance.pick(kindsIn(scene));
  const at = chance.int(0, shifts.length - 1);
  const truth = shifts[at] as Sheet;
  const say = (words: readonly ((shift: Sheet, zone: string) => string)[]) => chance.pick(words)(truth, zoneOf(owner));
  const wrong = wrongly(kind, truth, chance.pick([30, 45, 60]));
  return {
    shifts: shifts.with(at, wrong),
    truth,
    mend: mendOf(kind, truth),
    fields: FIELDS[kind].map((time) => (isOneDay(scene.card) ? CARD_FIELDS : dayFields(truth.workDate))[time]),
    complaint: say({ out: WRONG_OUT, in: WRONG_IN, break: NO_BREAK }[kind]),
    correction: say(kind === 'break' ? BREAK_PUT_IN : TIME_PUT_RIGHT),
  };
}

function kindsIn({ card, shifts }: Scene): Kind[] {
  const kinds: Kind[] = ['in'];
  if (shifts.every(({ breakStart }) => breakStart !== null)) kinds.push('break');
  if (!isOneDay(card)) kinds.push('out');
  return kinds;
}

function wrongly(kind: Kind, truth: Sheet, minutes: number): Sheet {
  switch (kind) {
    case 'out':
      return { ...truth, checkOut: later(truth.checkOut ?? '', 60) };
    case 'in':
      return { ...truth, checkIn: later(truth.checkIn ?? '', -minutes) };
    case 'break':
      return { ...truth, breakStart: null, breakEnd: null };
    default:
      return kind satisfies never;
  }
}

function mendOf(kind: Kind, { workDate, checkIn, checkOut, breakStart, breakEnd }: Sheet): Written {
  switch (kind) {
    case 'out':
      return { workDate, checkOut };
    case 'in':
      return { workDate, checkIn };
    case 'break':
      return { workDate, breakStart, breakEnd };
    default:
      return kind satisfies never;
  }
}
