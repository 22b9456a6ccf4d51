import type { Sheet } from '../hours.rules.ts';
import { isOneDay, type Period } from '../period.rules.ts';
import { CARD_FIELDS, dayFields, problemsOf } from '../times.rules.ts';
import { refuseOverlaps } from './overlaps.rules.ts';
import { merged, type Outcome, place, type Placed, type PlanOptions, refuse, type StandingCard } from './placing.rules.ts';
import type { FoundShift } from './punches.rules.ts';

/** A card that the import makes. */
export interface PlannedCard extends Period {
  readonly site: string;
  readonly timeZone: string;
  readonly sheets: readonly Sheet[];
}

/** A card that the import changes: its days as they will be, and of the imported ones what the file says. */
export interface ChangedCard {
  readonly card: StandingCard;
  readonly sheets: readonly Sheet[];
  readonly days: readonly Sheet[];
}

export interface PlannedShift {
  readonly shift: FoundShift;
  readonly outcome: Outcome;
  /** The card that it is, or becomes part of; null for a new one. */
  readonly card: StandingCard | null;
  /** Why it stays as it is, or what is wrong and what to do. */
  readonly message: string | null;
}

/** What an import does with the shifts of one person. */
export interface Plan {
  readonly shifts: readonly PlannedShift[];
  readonly created: readonly PlannedCard[];
  readonly changed: readonly ChangedCard[];
}

/**
 * What an import does with one person's shifts, given all their cards that touch those days. Pure, so that what is
 * shown before is what is done after: both ask here.
 *
 * A shift that stands already, exactly as the file tells it, is unchanged, which makes importing a file twice harmless.
 */
export function planOf(cards: readonly StandingCard[], shifts: readonly FoundShift[], options: PlanOptions): Plan {
  const placed = place(cards, shifts, options);
  const created = grouped(
    placed,
    ({ outcome }) => outcome === 'create',
    (one) => `${one.shift.site} ${one.period.periodStart} ${one.period.periodEnd}`,
  ).map((group) => newCard(group, options));
  const changed = grouped(
    placed,
    ({ outcome }) => outcome === 'change',
    (one) => one.card?.id ?? '',
  ).map(changedCard);
  for (const { card, group } of created) refuseImpossible(card, group);
  for (const { card, sheets, group } of changed) refuseImpossible({ ...card, sheets }, group);
  refuseOverlaps(placed, cards);
  const whole = (group: readonly Placed[]) => group.every(({ outcome }) => outcome !== 'problem');
  return {
    shifts: placed.map(({ shift, outcome, card, message }) => ({ shift, outcome, card, message })),
    created: created.filter(({ group }) => whole(group)).map(({ card }) => card),
    changed: changed.filter(({ group }) => whole(group)).map(({ card, sheets, days }) => ({ card, sheets, days })),
  };
}

interface Group {
  readonly key: string;
  readonly members: Placed[];
}

/** By key; two shifts of one day never share a card. */
function grouped(placed: readonly Placed[], wanted: (one: Placed) => boolean, keyOf: (one: Placed) => string): Placed[][] {
  const groups: Group[] = [];
  const byKey = new Map<string, Group[]>();
  for (const one of placed.filter(wanted)) {
    const key = keyOf(one);
    const known = byKey.get(key) ?? [];
    const room = known.find(({ members }) => members.every(({ shift }) => shift.workDate !== one.shift.workDate));
    if (room) {
      room.members.push(one);
      continue;
    }
    const group = { key, members: [one] };
    groups.push(group);
    byKey.set(key, [...known, group]);
  }
  return groups.map(({ members }) => members);
}

function newCard(group: Placed[], { timeZoneOf }: PlanOptions): { readonly card: PlannedCard; readonly group: Placed[] } {
  const [{ shift, period }] = group as [Placed, ...Placed[]];
  const { periodStart, periodEnd } = period;
  return {
    card: { periodStart, periodEnd, site: shift.site, timeZone: timeZoneOf(shift.site), sheets: group.map(({ sheet }) => sheet) },
    group,
  };
}

function changedCard(group: Placed[]): ChangedCard & { readonly group: Placed[] } {
  const card = group[0]?.card as StandingCard;
  const days = new Map(group.map(({ sheet }) => [sheet.workDate, sheet]));
  const kept = card.sheets.map((sheet) => merged(sheet, days.get(sheet.workDate)));
  const added = [...days.values()].filter(({ workDate }) => !card.sheets.some((sheet) => sheet.workDate === workDate));
  return { card, sheets: [...kept, ...added], days: [...days.values()], group };
}

/** TC-6, by the same rules as for a card that is typed in: each problem goes to the shift that has it. */
function refuseImpossible(card: Period & Pick<PlannedCard, 'timeZone' | 'sheets'>, group: readonly Placed[]): void {
  for (const { field, message } of problemsOf(card)) {
    const own = group.find(({ sheet }) => belongs(field, card, sheet.workDate)) ?? group[0];
    if (own) refuse(own, message);
  }
}

function belongs(field: string, card: Period, workDate: string): boolean {
  return isOneDay(card)
    ? Object.values(CARD_FIELDS).includes(field)
    : Object.values(dayFields(workDate)).includes(field) || field.startsWith(`entries.${workDate}.`);
}
