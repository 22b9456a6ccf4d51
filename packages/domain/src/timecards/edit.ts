import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { Refusal, type FieldProblem } from '../errors.ts';
import { hoursOf } from './hours.rules.ts';
import { isOneDay } from './period.rules.ts';
import { sheetsOf } from './sheets.ts';
import { CARD_FIELDS, problemsOf } from './times.rules.ts';
import { type Timecard, TimecardEntry } from './timecard.ts';
import type { entryInput, updateTimecardInput } from './timecard.views.ts';

type EntryEdit = z.output<typeof entryInput>;

/** What somebody wants to change: an absent field stays, null empties it, an entry that isn't named stays. */
export type Edit = Pick<
  z.output<typeof updateTimecardInput>,
  'checkInTime' | 'checkOutTime' | 'breakStartTime' | 'breakEndTime' | 'adminNotes' | 'entries'
>;

/** What an edit did: whether times changed at all, whether one of them had been recorded before, and whether anything else did. */
export interface Edited {
  readonly times: boolean;
  readonly corrected: boolean;
  readonly notes: boolean;
}

const CARD_TIMES = ['checkInTime', 'checkOutTime', 'breakStartTime', 'breakEndTime'] as const;
const DAY_TIMES = ['dailyCheckIn', 'dailyCheckOut', 'dailyBreakStart', 'dailyBreakEnd'] as const;
const SPEC_NAMES: Readonly<Record<(typeof CARD_TIMES)[number], string>> = {
  checkInTime: CARD_FIELDS.checkIn,
  checkOutTime: CARD_FIELDS.checkOut,
  breakStartTime: CARD_FIELDS.breakStart,
  breakEndTime: CARD_FIELDS.breakEnd,
};

/**
 * Applies an edit to a card in memory; a value that is already there is no change, however it is written.
 * @throws Refusal VALIDATION_ERROR naming every field that can't be.
 */
export function applyEdit(em: EntityManager, card: Timecard, edit: Edit): Edited {
  const misplaced = misplacedIn(card, edit);
  if (misplaced.length) throw impossible(misplaced);
  const header = setTimes(card, CARD_TIMES, edit);
  const days = (edit.entries ?? []).map((entry) => applyDay(em, card, entry));
  const problems = problemsOf({ ...card, sheets: sheetsOf(card) });
  if (problems.length) throw impossible(problems);
  const steps = [header, ...days];
  const edited = {
    times: steps.some((step) => step.changed),
    corrected: steps.some((step) => step.corrected),
    notes: setNotes(card, edit.adminNotes),
  };
  // TC-2: true once a time was changed after it was first recorded.
  if (edited.corrected) card.manuallyEdited = true;
  return edited;
}

const impossible = (fields: readonly FieldProblem[]) =>
  new Refusal('VALIDATION_ERROR', "These times can't be.", fields.map(({ message }) => message).join(' '), { fields });

/** Times that stand in the wrong place for this card, and days that are named twice. */
function misplacedIn(card: Timecard, edit: Edit): FieldProblem[] {
  const entries = edit.entries ?? [];
  if (isOneDay(card))
    return entries.length ? [{ field: 'entries', message: 'A timecard of one day has its times on itself and no days.' }] : [];
  const header = CARD_TIMES.filter((name) => edit[name] != null).map((name) => ({
    field: SPEC_NAMES[name],
    message: 'A timecard of several days has its times on its days; its own are computed from them.',
  }));
  const days = entries.map(({ workDate }) => workDate);
  const twice = new Set(days.filter((day, n) => days.indexOf(day) !== n));
  return [
    ...header,
    ...[...twice].map((day) => ({ field: `entries.${day}.work_date`, message: 'This day is named twice: name each day once.' })),
  ];
}

interface Step {
  readonly changed: boolean;
  readonly corrected: boolean;
}

const NOTHING: Step = { changed: false, corrected: false };

function setTimes<Name extends string>(
  row: { [N in Name]?: Date | null },
  names: readonly Name[],
  wanted: { readonly [N in Name]?: string | null | undefined },
): Step {
  let step = NOTHING;
  for (const name of names) {
    const text = wanted[name];
    if (text === undefined) continue;
    const before = row[name] ?? null;
    const after = text === null ? null : new Date(text);
    if (before?.getTime() === after?.getTime()) continue;
    row[name] = after;
    step = { changed: true, corrected: step.corrected || before !== null };
  }
  return step;
}

function applyDay(em: EntityManager, card: Timecard, wanted: EntryEdit): Step {
  const entry = card.entries.getItems().find((one) => one.workDate === wanted.workDate);
  if (wanted.remove) return entry ? removeDay(card, entry) : NOTHING;
  if (!entry) return addDay(em, card, wanted);
  const step = setTimes(entry, DAY_TIMES, wanted);
  if (step.corrected) entry.edits += 1;
  if (step.changed) entry.dailyTotalHours = hoursOfDay(card, entry.workDate);
  return step;
}

function addDay(em: EntityManager, card: Timecard, wanted: EntryEdit): Step {
  const entry = em.create(TimecardEntry, { timecard: card, person: card.person, workDate: wanted.workDate, edits: 0 }, { partial: true });
  setTimes(entry, DAY_TIMES, wanted);
  card.entries.add(entry);
  entry.dailyTotalHours = hoursOfDay(card, entry.workDate);
  return { changed: true, corrected: false };
}

function removeDay(card: Timecard, entry: TimecardEntry): Step {
  card.entries.remove(entry);
  return { changed: true, corrected: DAY_TIMES.some((name) => entry[name] != null) };
}

function hoursOfDay(card: Timecard, workDate: string): string | null {
  const sheet = sheetsOf(card).find((one) => one.workDate === workDate);
  return sheet ? hoursOf(sheet) : null;
}

function setNotes(card: Timecard, wanted: string | null | undefined): boolean {
  if (wanted === undefined || wanted === (card.adminNotes ?? null)) return false;
  card.adminNotes = wanted;
  return true;
}
