import type { Sheet } from '../hours.rules.ts';
import { dayLabel } from '../period.rules.ts';
import { dayOn, merged, type Placed, refuse, type StandingCard } from './placing.rules.ts';

interface Interval {
  readonly from: number;
  readonly to: number;
  readonly workDate: string;
  readonly placed: Placed | null;
}

/** Nobody is in two places at once: not on two lines of the file, nor on a line and on a card that stands. */
export function refuseOverlaps(placed: readonly Placed[], cards: readonly StandingCard[]): void {
  const imported = placed.filter(({ outcome }) => outcome !== 'problem');
  const said = new Set(imported.flatMap(({ card, shift }) => (card ? [`${card.id} ${shift.workDate}`] : [])));
  const standing = cards.flatMap((card) =>
    card.sheets.filter(({ workDate }) => !said.has(`${card.id} ${workDate}`)).flatMap((sheet) => intervalOf(sheet, null)),
  );
  const intervals = [...standing, ...imported.flatMap((one) => intervalOf(asItWillBe(one), one))].sort(
    (one, other) => one.from - other.from || one.to - other.to,
  );
  let latest: Interval | null = null;
  for (const one of intervals) {
    if (latest && one.from < latest.to) refuseOverlap(one, latest);
    if (!latest || one.to > latest.to) latest = one;
  }
}

const intervalOf = ({ checkIn, checkOut, workDate }: Sheet, placed: Placed | null): Interval[] =>
  checkIn === null ? [] : [{ from: Date.parse(checkIn), to: Date.parse(checkOut ?? checkIn), workDate, placed }];

/** The times of a day as they will be. */
const asItWillBe = ({ card, sheet }: Placed): Sheet => {
  const day = card && dayOn(card, sheet.workDate);
  return day ? merged(day, sheet) : sheet;
};

function refuseOverlap(one: Interval, other: Interval): void {
  const active = [one, other].find(({ placed }) => placed && (placed.outcome === 'create' || placed.outcome === 'change'));
  if (!active?.placed) return;
  const against = active === one ? other : one;
  const where = against.placed
    ? `the one on line ${against.placed.shift.lines[0]}`
    : `one of ${dayLabel(against.workDate)} that stands on another timecard`;
  refuse(active.placed, `This shift and ${where} overlap: nobody is at work twice. Mend the times, or take one of them out.`);
}
