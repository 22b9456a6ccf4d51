import { breakMinutes, hoursOf, type Sheet, totalsOf } from '@countersign/domain/timecards/hours.rules';
import { CARD_FIELDS, dayFields, problemsOf } from '@countersign/domain/timecards/times.rules';
import type { TimecardView } from '../../api/views.ts';
import {
  type CardForm,
  editedIn,
  type Edited,
  type Group,
  isRemoved,
  meantIn,
  type Path,
  pathIn,
  specPath,
  type Typing,
} from './card-form.ts';

/** What a card would be with what is typed, by the same rules that the server will count and judge by. */
export interface Preview {
  readonly totalHours: string | null;
  /** The recorded days as they would be. */
  readonly sheets: readonly Sheet[];
  readonly breakDuration: number | null;
  /** Hours of each group with times, by its first path. */
  readonly hours: ReadonlyMap<Group, string | null>;
  /** Impossible times, by path. */
  readonly problems: ReadonlyMap<Path, string>;
}

export function previewOf(card: TimecardView, form: CardForm, typing: Typing): Preview {
  const edited = editedIn(form, typing);
  const timed = form.groups.filter((group) => group.fields.some(({ kind }) => kind === 'time') && !isRemoved(group, typing));
  const sheets = new Map(timed.map((group) => [group, sheetOf({ form, group, typing, edited })]));
  const recorded = [...sheets.values()].filter(
    (sheet) => sheet.checkIn !== null || sheet.checkOut !== null || sheet.breakStart !== null || sheet.breakEnd !== null,
  );
  const { totalHours } = totalsOf(recorded);
  const breaks = recorded.map(breakMinutes).filter((minutes) => minutes !== null);
  const bySpec = new Map(
    form.groups.flatMap((group) => group.fields.map(({ name }) => [specPath(pathIn(group, name)), pathIn(group, name)])),
  );
  const found = problemsOf({ periodStart: card.periodStart, periodEnd: card.periodEnd, timeZone: card.timeZone, sheets: recorded });
  return {
    totalHours,
    sheets: recorded,
    breakDuration: breaks.length ? breaks.reduce((sum, minutes) => sum + minutes, 0) : null,
    hours: new Map([...sheets].map(([group, sheet]) => [group, hoursOf(sheet)])),
    problems: new Map(found.map(({ field, message }) => [bySpec.get(field) ?? field, message])),
  };
}

interface Standing {
  readonly form: CardForm;
  readonly group: Group;
  readonly typing: Typing;
  readonly edited: Edited;
}

function sheetOf({ form, group, typing, edited }: Standing): Sheet {
  const names = group.key === null ? CARD_FIELDS : dayFields(group.key);
  const meant = meantIn(form, group, typing);
  const at = (spec: string) => {
    const path = [...meant.keys()].find((one) => specPath(one) === spec);
    if (path === undefined) return null;
    return edited.changed.has(path) ? (meant.get(path)?.instant ?? null) : (form.stored[path] ?? null);
  };
  return {
    workDate: group.workDate,
    checkIn: at(names.checkIn),
    checkOut: at(names.checkOut),
    breakStart: at(names.breakStart),
    breakEnd: at(names.breakEnd),
  };
}
