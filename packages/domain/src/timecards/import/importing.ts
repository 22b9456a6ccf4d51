import type { EntityManager } from '@mikro-orm/postgresql';
import { currentContext, withContext } from '@countersign/audit/context';
import { Refusal } from '../../errors.ts';
import type { Viewer } from '../../people/rights/permissions.ts';
import type { Settings } from '../../people/rights/settings.ts';
import { Site } from '../../people/site.ts';
import { User } from '../../people/user.ts';
import { checkCreation, decisionOn } from '../card-decision.ts';
import { applyEdit, type Edit } from '../edit.ts';
import { hoursOf } from '../hours.rules.ts';
import { lockPeople, newVersion } from '../open-card.ts';
import { isOneDay, type Period } from '../period.rules.ts';
import { Timecard, TimecardEntry } from '../timecard.ts';
import { tellImported } from '../timecard-notices.ts';
import { setOvertimeOf, setTotals } from '../totals.ts';
import type { Directory } from './book.ts';
import type { Layout } from './layout.ts';
import { planOf, type ChangedCard, type Plan, type PlannedCard } from './plan.rules.ts';
import { planOptions } from './read.ts';
import { recount, type Recounted, type Touched } from './recount.ts';
import { shiftsOf, type PreviewedShift } from './staged.ts';
import { cardsOf, standing, stretchOf } from './standing.ts';

/** What does not change from one group of people to the next. */
export interface Circumstances {
  readonly upload: string;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly book: Directory;
  readonly viewer: Viewer;
}

/** A card that is about to be made, under the id that it will have. */
interface Draft extends PlannedCard {
  readonly id: string;
  readonly person: string;
}

interface Work {
  readonly person: string;
  readonly plan: Plan;
  readonly drafts: readonly Draft[];
  /** The standing cards of these days, by id. */
  readonly days: Period;
  readonly cards: ReadonlyMap<string, Timecard>;
}

/**
 * Does what was shown for the shifts of these people, within the caller's transaction, and forgets the entities again:
 * a file of any length needs the memory of one group. By the rules and with the results of the single commands, but
 * with a few queries for all of them.
 * @throws Refusal CONFLICT where it would be something else by now, FORBIDDEN.
 */
export async function importFor(em: EntityManager, people: readonly string[], about: Circumstances): Promise<void> {
  await lockPeople(em, people);
  const works = await planFor(em, people, about);
  const recounted = await recount(em, new Map(works.map((work) => [work.person, touchedIn(work)])), {
    settings: about.settings,
    loaded: new Map(works.map(({ person, days, cards }) => [person, { days, cards: [...cards.values()] }])),
  });
  for (const { drafts, person } of works)
    for (const draft of drafts) makeCard(em, draft, { about, overtime: recounted.get(person)?.overtime ?? new Map() });
  // A day of a new card is part of making it, as when one is made by hand; a day that a standing card gets is an edit.
  await withContext({ command: 'timecards.create' }, () => em.flush());
  for (const work of works) changeCards(em, work, { about, recounted: recounted.get(work.person) });
  await tellOwners(em, works, about.viewer);
  await em.flush();
  em.clear();
}

async function planFor(em: EntityManager, people: readonly string[], about: Circumstances): Promise<Work[]> {
  const shown = await shiftsOf(em, about.upload, people);
  const stretches = [...shown].map(([person, shifts]) =>
    stretchOf(
      person,
      shifts.map(({ workDate }) => workDate),
      about.settings.weekBeginsOn,
    ),
  );
  const cards = await cardsOf(em, stretches, { lock: true });
  return stretches.map((days) => {
    const { person } = days;
    const shifts = shown.get(person) ?? [];
    const own = cards.get(person) ?? [];
    const plan = planOf(
      own.map((card) => standing(card, about.viewer)),
      shifts,
      planOptions(about, about.book.refusesNew(person)),
    );
    refuseOtherThanShown(shifts, plan);
    const drafts = plan.created.map((card) => ({ ...card, id: crypto.randomUUID(), person }));
    return { person, days, plan, drafts, cards: new Map(own.map((card) => [card.id, card])) };
  });
}

/** Whoever imports hours of their own knows of it. */
async function tellOwners(em: EntityManager, works: readonly Work[], viewer: Viewer): Promise<void> {
  const told = works.flatMap(({ person, drafts, plan }) => {
    const cards = [...drafts, ...plan.changed.map(({ card }) => card)];
    return cards.length && person !== viewer.id ? [{ person, cards }] : [];
  });
  await tellImported(em, told, currentContext().reason);
}

function refuseOtherThanShown(shown: readonly PreviewedShift[], { shifts }: Plan): void {
  const same = shifts.every(({ outcome, card }, n) => {
    const before = shown[n];
    const version = outcome === 'change' ? card?.version : before?.cardVersion;
    return before?.outcome === outcome && before.card === (card?.id ?? null) && before.cardVersion === (version ?? null);
  });
  if (!same)
    throw new Refusal(
      'CONFLICT',
      'Timecards were changed since the preview.',
      'Nothing was imported. Look at the preview again, which is made anew, and confirm that one.',
    );
}

const touchedIn = ({ drafts, plan }: Work): Touched[] => [
  ...drafts,
  ...plan.changed.map(({ card, sheets }) => ({ id: card.id, periodStart: card.periodStart, periodEnd: card.periodEnd, sheets })),
];

function makeCard(
  em: EntityManager,
  draft: Draft,
  { about, overtime }: { about: Circumstances; overtime: ReadonlyMap<string, number> },
): void {
  const { person, site, sheets } = draft;
  checkCreation(about.viewer, { person, site });
  const [only] = sheets;
  const times =
    isOneDay(draft) && only
      ? {
          checkInTime: date(only.checkIn),
          checkOutTime: date(only.checkOut),
          breakStartTime: date(only.breakStart),
          breakEndTime: date(only.breakEnd),
        }
      : {};
  const card = em.create(Timecard, {
    id: draft.id,
    person: em.getReference(User, person),
    site: em.getReference(Site, site),
    timeZone: draft.timeZone,
    periodStart: draft.periodStart,
    periodEnd: draft.periodEnd,
    status: 'draft',
    manuallyEdited: false,
    editedAfterApproval: false,
    ...times,
  });
  if (!isOneDay(draft)) for (const sheet of sheets) addDay(em, card, sheet);
  setTotals(card);
  setOvertimeOf(card, overtime);
  newVersion(em, card);
}

function addDay(em: EntityManager, card: Timecard, sheet: PlannedCard['sheets'][number]): void {
  const entry = em.create(
    TimecardEntry,
    {
      timecard: card,
      person: card.person,
      workDate: sheet.workDate,
      dailyCheckIn: date(sheet.checkIn),
      dailyCheckOut: date(sheet.checkOut),
      dailyBreakStart: date(sheet.breakStart),
      dailyBreakEnd: date(sheet.breakEnd),
      dailyTotalHours: hoursOf(sheet),
      edits: 0,
    },
    { partial: true },
  );
  card.entries.add(entry);
}

const date = (instant: string | null) => (instant === null ? null : new Date(instant));

function changeCards(
  em: EntityManager,
  { plan, cards }: Work,
  { about, recounted }: { about: Circumstances; recounted: Recounted | undefined },
): void {
  const changed = new Set<Timecard>();
  for (const one of plan.changed) {
    const card = cards.get(one.card.id) as Timecard;
    refuseForbidden(card, about.viewer);
    applyEdit(em, card, editOf(one));
    setTotals(card);
    changed.add(card);
  }
  for (const card of recounted?.cards ?? []) if (setOvertimeOf(card, recounted?.overtime ?? new Map())) changed.add(card);
  for (const card of changed) newVersion(em, card);
}

function refuseForbidden(card: Timecard, viewer: Viewer): void {
  const decision = decisionOn('edit', card, viewer);
  if (!decision.allowed) throw new Refusal(decision.because === 'permission' ? 'FORBIDDEN' : 'VALIDATION_ERROR', decision.reason);
}

/** What the file says, as an edit: what it doesn't say is left out, and stays. */
function editOf({ card, days }: ChangedCard): Edit {
  const said = days.map(({ workDate, ...times }) => ({ workDate, times }));
  if (!isOneDay(card))
    return {
      entries: said.map(({ workDate, times }) => ({
        workDate,
        dailyCheckIn: times.checkIn ?? undefined,
        dailyCheckOut: times.checkOut ?? undefined,
        dailyBreakStart: times.breakStart ?? undefined,
        dailyBreakEnd: times.breakEnd ?? undefined,
      })),
    };
  const times = said[0]?.times;
  return {
    checkInTime: times?.checkIn ?? undefined,
    checkOutTime: times?.checkOut ?? undefined,
    breakStartTime: times?.breakStart ?? undefined,
    breakEndTime: times?.breakEnd ?? undefined,
  };
}
