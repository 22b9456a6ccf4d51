import type { LineProblem, PunchRow, ShiftRow } from './rows.rules.ts';
import type { SiteClock } from './site-clock.rules.ts';

/** One shift as the file tells it; null is what it doesn't say. Instants are milliseconds. */
export interface FoundShift {
  readonly person: string;
  readonly site: string;
  /** YYYY-MM-DD in the site's zone. */
  readonly workDate: string;
  readonly checkIn: number;
  readonly checkOut: number | null;
  readonly breakStart: number | null;
  readonly breakEnd: number | null;
  /** The lines of the file from which it was made, the one of the check-in first. */
  readonly lines: readonly number[];
}

/** What one person's lines came to. */
export interface Found {
  readonly shifts: readonly FoundShift[];
  readonly problems: readonly LineProblem[];
  /** Lines that say again what another one said. */
  readonly repeated: number;
}

const HOUR = 3_600_000;
/** A pause up to this long between an out and the next in is a break; after a longer one another shift begins. */
export const LONGEST_PAUSE = 4 * HOUR;
/** No shift lasts longer: an in that comes later can't belong to an earlier one. */
const LONGEST_SHIFT = 24 * HOUR;

/** A shift that is being put together. */
interface Open {
  readonly first: PunchRow;
  readonly lines: number[];
  out: PunchRow | null;
  breakStart: PunchRow | null;
  breakEnd: PunchRow | null;
}

/** Puts the punches of one person together to shifts: over midnight, whatever their order in the file. */
class Pairing {
  readonly shifts: FoundShift[] = [];
  readonly problems: LineProblem[] = [];
  readonly #clockOf: (site: string) => SiteClock;
  #open: Open | null = null;

  constructor(clockOf: (site: string) => SiteClock) {
    this.#clockOf = clockOf;
  }

  take(punch: PunchRow): void {
    switch (punch.kind) {
      case 'in':
        return this.#in(punch);
      case 'out':
        return this.#out(punch);
      case 'break':
        return this.#onBreak() ? this.#breakEnds(punch) : this.#breakBegins(punch);
      case 'break_start':
        return this.#breakBegins(punch);
      case 'break_end':
        return this.#breakEnds(punch);
      default:
        return punch.kind satisfies never;
    }
  }

  #in(punch: PunchRow): void {
    if (this.#onBreak() && this.#follows(punch)) return this.#breakEnds(punch);
    const open = this.#open;
    if (open?.out && this.#isPause(open, punch)) return this.#pauseWas(open, punch);
    this.finish(punch);
    this.#open = { first: punch, lines: [punch.line], out: null, breakStart: null, breakEnd: null };
  }

  #isPause({ first, out }: Open, punch: PunchRow): boolean {
    return out !== null && punch.at - out.at <= LONGEST_PAUSE && punch.site === first.site && this.#follows(punch);
  }

  /** Out and in again after a while: the break was in between, and the shift goes on. */
  #pauseWas(open: Open, punch: PunchRow): void {
    if (open.breakStart) {
      this.#refuse(
        punch,
        `A second break ends here, and a timecard holds one for each shift: take out the lines of the shorter one (an out and an in).`,
      );
      // One problem is enough: what follows belongs to the same shift.
    } else {
      open.breakStart = open.out;
      open.breakEnd = punch;
    }
    open.out = null;
    open.lines.push(punch.line);
  }

  #out(punch: PunchRow): void {
    const open = this.#open;
    if (!open || open.out || !this.#follows(punch))
      return this.#refuse(punch, 'There is no check-in before this check-out: add the line of the check-in, or take this one out.');
    if (punch.site !== open.first.site)
      this.#refuse(punch, `This check-out is at another site than its check-in on line ${open.first.line}: give both the same site.`);
    if (this.#onBreak())
      this.#refuse(punch, `The break of line ${open.breakStart?.line} has no end before this check-out: add the line of its end.`);
    open.out = punch;
    open.lines.push(punch.line);
  }

  #breakBegins(punch: PunchRow): void {
    const open = this.#open;
    if (!open || open.out || !this.#follows(punch))
      return this.#refuse(punch, 'This break begins outside of a shift: add the line of the check-in before it, or take this one out.');
    if (open.breakStart)
      return this.#refuse(
        punch,
        'A second break begins here, and a timecard holds one for each shift: take out the lines of the shorter one.',
      );
    open.breakStart = punch;
    open.lines.push(punch.line);
  }

  #breakEnds(punch: PunchRow): void {
    const open = this.#open;
    if (!open || !this.#onBreak() || !this.#follows(punch))
      return this.#refuse(punch, 'No break began before this end of one: add the line of its start, or take this one out.');
    open.breakEnd = punch;
    open.lines.push(punch.line);
  }

  #onBreak(): boolean {
    return Boolean(this.#open?.breakStart && !this.#open.breakEnd && !this.#open.out);
  }

  #follows(punch: PunchRow): boolean {
    return this.#open !== null && punch.at - this.#open.first.at <= LONGEST_SHIFT;
  }

  #refuse({ line }: PunchRow, message: string): void {
    this.problems.push({ line, column: null, message });
  }

  /** Closes the shift in hand. `next` is the check-in that follows it: a shift without an end is one that goes on, and only the last can. */
  finish(next: PunchRow | null): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    if (!open.out && next)
      return this.#refuse(
        open.first,
        `No check-out follows this check-in before the next one, on line ${next.line}: add the line of the check-out.`,
      );
    if (open.breakStart && !open.breakEnd) {
      if (!open.out) this.#refuse(open.breakStart, 'This break has no end: add the line of its end, or import the file when it has one.');
      return;
    }
    this.shifts.push({
      person: open.first.person,
      site: open.first.site,
      workDate: this.#clockOf(open.first.site).dayOf(open.first.at),
      checkIn: open.first.at,
      checkOut: open.out?.at ?? null,
      breakStart: open.breakStart?.at ?? null,
      breakEnd: open.breakEnd?.at ?? null,
      lines: open.lines,
    });
  }
}

/** At one and the same moment: a shift ends before the next one begins, and a break lies inside its shift. */
const ORDER = { break_end: 1, out: 2, in: 3, break_start: 4, break: 4 } as const;

/** The shifts of one person's punches, in whatever order they come. */
export function shiftsOfPunches(punches: readonly PunchRow[], clockOf: (site: string) => SiteClock): Found {
  const pairing = new Pairing(clockOf);
  const ordered = punches.toSorted((one, other) => one.at - other.at || ORDER[one.kind] - ORDER[other.kind] || one.line - other.line);
  let repeated = 0;
  let before: PunchRow | null = null;
  for (const punch of ordered) {
    if (before && before.at === punch.at && before.kind === punch.kind && before.site === punch.site) repeated += 1;
    else pairing.take(punch);
    before = punch;
  }
  pairing.finish(null);
  return { shifts: pairing.shifts, problems: pairing.problems, repeated };
}

/** The shifts of one person's rows, each of which is one already. */
export function shiftsOfRows(rows: readonly ShiftRow[], clockOf: (site: string) => SiteClock): Found {
  const seen = new Set<string>();
  const shifts: FoundShift[] = [];
  for (const row of rows) {
    const { line, person, site, at: checkIn, checkOut, breakStart, breakEnd } = row;
    const same = JSON.stringify([site, checkIn, checkOut, breakStart, breakEnd]);
    if (seen.has(same)) continue;
    seen.add(same);
    shifts.push({
      person,
      site,
      workDate: row.workDate ?? clockOf(site).dayOf(checkIn),
      checkIn,
      checkOut,
      breakStart,
      breakEnd,
      lines: [line],
    });
  }
  shifts.sort((one, other) => one.checkIn - other.checkIn);
  return { shifts, problems: [], repeated: rows.length - shifts.length };
}
