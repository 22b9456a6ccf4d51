import type { Role, Viewer } from '@countersign/domain/people/rights/permissions';
import { relationTo } from '@countersign/domain/people/viewer';
import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { lockedChanges, lockedFields } from '@countersign/domain/timecards/mending.rules';
import { isOneDay } from '@countersign/domain/timecards/period.rules';
import { decide, editNeedsReason, mayCreate } from '@countersign/domain/timecards/timecard.rules';
import type { TimecardStatus } from '@countersign/domain/timecards/timecard.views';
import { problemsOf } from '@countersign/domain/timecards/times.rules';
import type { Organisation } from '../src/demo/organisation.ts';
import type { Plan } from '../src/demo/plan.ts';
import type { Card, CardStep, Step } from '../src/demo/step.ts';

/** A card as the rehearsal knows it. */
export interface Rehearsed {
  readonly card: Card;
  readonly history: CardStep[];
  status: TimecardStatus | 'deleted';
  editedAfterApproval: boolean;
  adminNotes: string | null;
  fieldsToMend: readonly string[];
  sheets: Sheet[];
}

export const cardKey = (card: Card): string => Object.values(card).join(' ');

const EMPTY = { checkIn: null, checkOut: null, breakStart: null, breakEnd: null };

/** Plays a plan through with the domain's own rules, without a database. Returns the cards, and everything that can't be. */
export function rehearse({ organisation, steps }: Plan): { readonly cards: ReadonlyMap<string, Rehearsed>; readonly problems: string[] } {
  const cards = new Map<string, Rehearsed>();
  const problems: string[] = [];
  const disabled = new Set<string>();
  for (const step of steps) {
    if (step.actor !== null && disabled.has(step.actor)) problems.push(`${step.at}: somebody who left acts`);
    if (step.kind === 'profile' && step.changes.disabled) disabled.add(step.person);
    if (step.kind !== 'card') continue;
    const found = play(organisation, cards, step);
    problems.push(...found.map((problem) => `${step.at} ${step.work.command} ${cardKey(step.card)}: ${problem}`));
  }
  return { cards, problems };
}

function play(organisation: Organisation, cards: Map<string, Rehearsed>, step: CardStep): string[] {
  const viewer = viewerOf(organisation, step.actor);
  const relation = relationTo(viewer, step.card);
  const key = cardKey(step.card);
  const known = cards.get(key);
  if (step.work.command === 'create') {
    if (known && known.status !== 'deleted') return ['the card exists already'];
    const made: Rehearsed = {
      card: step.card,
      history: [step],
      status: 'draft',
      editedAfterApproval: false,
      adminNotes: null,
      fieldsToMend: [],
      sheets: [],
    };
    cards.set(key, made);
    return [...(mayCreate(viewer.role, relation) ? [] : ['not permitted']), ...write(organisation, made, step)];
  }
  if (!known || known.status === 'deleted') return ['there is no such card'];
  known.history.push(step);
  const action = step.work.command === 'update' ? 'edit' : step.work.command;
  const decision = decide(action, { status: known.status, editedAfterApproval: known.editedAfterApproval }, viewer.role, relation);
  return [...(decision.allowed ? [] : [decision.reason]), ...change(organisation, known, step)];
}

function change(organisation: Organisation, known: Rehearsed, step: CardStep): string[] {
  switch (step.work.command) {
    case 'update': {
      const { reason, adminNotes } = step.work.input;
      const before = JSON.stringify(known);
      const status = known.status as TimecardStatus;
      const relation = step.actor === known.card.person ? 'own' : 'foreign';
      const needs = editNeedsReason({ status }, relation);
      const locked = lockedFields({ ...known.card, status, fieldsToMend: known.fieldsToMend }, relation);
      const was = known.sheets;
      const problems = [...write(organisation, known, step), ...(needs && !reason ? ['a reason is missing'] : [])];
      problems.push(...lockedChanges(known.card, locked, { before: was, after: known.sheets }).map(({ field }) => `${field} is locked`));
      if (adminNotes !== undefined) known.adminNotes = adminNotes;
      if (JSON.stringify(known) === before) problems.push('nothing changes');
      if (known.status === 'approved') known.editedAfterApproval = true;
      return problems;
    }
    case 'reject':
      known.status = 'rejected';
      known.fieldsToMend = step.work.input.fieldsToMend ?? [];
      return write(organisation, known, step);
    case 'submit':
      known.status = 'submitted';
      known.fieldsToMend = [];
      return known.sheets.some(({ checkIn, checkOut }) => checkIn !== null && checkOut === null) ? ['a shift has no end'] : [];
    case 'approve':
      known.status = 'approved';
      known.editedAfterApproval = false;
      return [];
    case 'delete':
      known.status = 'deleted';
      return [];
    default:
      return [];
  }
}

function write(organisation: Organisation, known: Rehearsed, { at, work }: CardStep): string[] {
  const sheets = sheetsIn(known.card, work.input);
  for (const sheet of sheets) {
    const before = known.sheets.find(({ workDate }) => workDate === sheet.workDate) ?? { ...EMPTY, workDate: sheet.workDate };
    known.sheets = [...known.sheets.filter(({ workDate }) => workDate !== sheet.workDate), { ...before, ...sheet }];
  }
  const times = known.sheets.flatMap(({ checkIn, checkOut, breakStart, breakEnd }) => [checkIn, checkOut, breakStart, breakEnd]);
  const timeZone = Object.values(organisation.sites).find(({ id }) => id === known.card.site)?.timeZone ?? '';
  return [
    ...problemsOf({ ...known.card, timeZone, sheets: known.sheets }).map(({ field, message }) => `${field}: ${message}`),
    ...(times.some((time) => time !== null && time > at) ? ['a time is written before it has come'] : []),
  ];
}

type Input = CardStep['work']['input'];

function sheetsIn(card: Card, input: Input): (Pick<Sheet, 'workDate'> & Partial<Sheet>)[] {
  const given = (sheet: { readonly [time: string]: string | null | undefined }) =>
    Object.fromEntries(Object.entries(sheet).filter(([, value]) => value !== undefined));
  if (!('checkInTime' in input || 'entries' in input)) return [];
  if (!isOneDay(card)) {
    return (input.entries ?? []).map(({ workDate, dailyCheckIn, dailyCheckOut, dailyBreakStart, dailyBreakEnd }) => ({
      workDate,
      ...given({ checkIn: dailyCheckIn, checkOut: dailyCheckOut, breakStart: dailyBreakStart, breakEnd: dailyBreakEnd }),
    }));
  }
  const { checkInTime, checkOutTime, breakStartTime, breakEndTime } = input;
  return [
    {
      workDate: card.periodStart,
      ...given({ checkIn: checkInTime, checkOut: checkOutTime, breakStart: breakStartTime, breakEnd: breakEndTime }),
    },
  ];
}

/** Somebody with what they are responsible for, as the domain would load them. */
export function viewerOf({ people, charges }: Organisation, id: Step['actor']): Viewer {
  const person = people.find((one) => one.id === id);
  if (!person) throw new Error(`nobody has the id ${id}`);
  const kind = ({ supervisor: 'supervises', coordinator: 'coordinates' } as Partial<Record<Role, string>>)[person.role];
  const held = charges.filter((charge) => charge.holder === id && charge.kind === kind);
  const { role, level, email } = person;
  const timeZone = person.site.timeZone;
  const responsibleFor = { people: held.flatMap((one) => one.person ?? []), sites: held.flatMap((one) => one.site ?? []) };
  return { id: person.id, name: person.firstName, email, role, level, timeZone, responsibleFor };
}
