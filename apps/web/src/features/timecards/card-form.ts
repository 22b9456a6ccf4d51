import type { FormField, TimecardView } from '../../api/views.ts';
import { showTime } from './shown-time.ts';
import { isLater, meantBy, type Meant } from './typed-times.ts';

/** Where a value stands: `checkInTime`, or `entries.2026-11-03.dailyCheckIn`. */
export type Path = string;

/** Fields that belong together: those of the card itself, or of one item of a list, such as a day. */
export interface Group {
  readonly list: string | null;
  /** What tells the items of a list apart: the name of that field, and its value here. */
  readonly keyName: string;
  readonly key: string | null;
  /** The day on which typed times stand. */
  readonly workDate: string;
  readonly fields: readonly FormField[];
  /** Not on the card yet. */
  readonly isNew: boolean;
}

/** Everything that somebody typed, as text by path; `true` and nothing for a yes-or-no. */
export type Typing = Readonly<Record<Path, string>>;

export interface CardForm {
  readonly groups: readonly Group[];
  /** What stood there when the form was opened. */
  readonly base: Typing;
  /** The instants behind the times among it: a clock's seconds are not shown, and not lost either. */
  readonly stored: Readonly<Record<Path, string | null>>;
  readonly timeZone: string;
}

/** Fields that a page asks for in its own place, or never shows. */
const OWN_PLACE = new Set(['reason']);
/** Beside a time: that the second of two with the same wall clock is meant. */
const LATER = '~later';

export const pathIn = (group: Group, name: string): Path => (group.list === null ? name : `${group.list}.${group.key}.${name}`);
export const laterPath = (path: Path): Path => path + LATER;

/** The field that tells the items of a list apart, and that nobody changes. */
export const keyField = (fields: readonly FormField[]): string | undefined => fields.find(({ kind }) => kind === 'date')?.name;

/**
 * The form of a card, from the description of a command's input: a field that is added there appears here. A card of
 * one day has its times on itself, any other on its days; what somebody may not see they can't change.
 */
export function cardForm(description: readonly FormField[], card: TimecardView, addedDays: readonly string[] = []): CardForm {
  const oneDay = card.periodStart === card.periodEnd;
  const mine = description.filter(
    ({ name, kind }) =>
      !OWN_PLACE.has(name) && kind !== 'list' && kind !== 'reference' && (oneDay || kind !== 'time') && !isHidden(card, name),
  );
  const lists = oneDay ? [] : description.filter(({ kind }) => kind === 'list');
  const own: Group = { list: null, keyName: '', key: null, workDate: card.periodStart, fields: mine, isNew: false };
  const groups = [...lists.flatMap((list) => itemGroups(list, card, addedDays)), own];
  const base = Object.fromEntries(groups.flatMap((group) => baseOf(group, card)));
  const stored = Object.fromEntries(groups.flatMap((group) => storedOf(group, card)));
  return { groups, base, stored, timeZone: card.timeZone };
}

const isHidden = (card: TimecardView, name: string) => card.hidden.includes(specName(name)) || card.hidden.includes(name);

/** `checkInTime` as `check_in_time`: the field's name as data. */
export const specName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `entries.2026-11-03.dailyCheckIn` as the refusals name it. */
export const specPath = (path: Path): string => path.split('.').map(specName).join('.');

type Item = Readonly<Record<string, unknown>>;

function itemsOf(card: TimecardView, list: string): readonly Item[] {
  const items = (card as unknown as Item)[list];
  return Array.isArray(items) ? (items as Item[]) : [];
}

function itemGroups(list: FormField, card: TimecardView, added: readonly string[]): Group[] {
  const fields = list.fields ?? [];
  const key = keyField(fields);
  if (key === undefined) return [];
  const known = itemsOf(card, list.name).map((item) => String(item[key]));
  const days = [...new Set([...known, ...added])].sort();
  const shown = fields.filter(({ name }) => name !== key);
  return days.map((day) => {
    const isNew = !known.includes(day);
    // A day that isn't there yet is taken back rather than removed.
    return {
      list: list.name,
      keyName: key,
      key: day,
      workDate: day,
      isNew,
      fields: isNew ? shown.filter(({ kind }) => kind !== 'boolean') : shown,
    };
  });
}

function baseOf(group: Group, card: TimecardView): [Path, string][] {
  const source = sourceOf(group, card);
  return group.fields.flatMap((field): [Path, string][] => {
    const value = textOf(source[field.name]);
    const path = pathIn(group, field.name);
    if (field.kind !== 'time') return [[path, value]];
    const instant = value || null;
    const text: [Path, string] = [path, showTime(instant, group.workDate, card.timeZone)];
    return isLater(instant, group.workDate, card.timeZone) ? [text, [laterPath(path), 'true']] : [text];
  });
}

/** A value of the view as text: no, and none, are nothing. */
const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' || value === true ? String(value) : '');

function storedOf(group: Group, card: TimecardView): [Path, string | null][] {
  const source = sourceOf(group, card);
  return timesIn(group).map((name) => [pathIn(group, name), (source[name] as string | null | undefined) ?? null]);
}

function sourceOf({ list, keyName, key }: Group, card: TimecardView): Item {
  if (list === null) return card;
  return itemsOf(card, list).find((item) => item[keyName] === key) ?? {};
}

const timesIn = ({ fields }: Group) => fields.filter(({ kind }) => kind === 'time').map(({ name }) => name);

/** What the times of a group mean as they stand, by path. */
export function meantIn(form: CardForm, group: Group, typing: Typing): Map<Path, Meant> {
  const times = timesIn(group).map((name) => pathIn(group, name));
  const meant = meantBy(
    times.map((path) => ({ text: typing[path] ?? '', later: typing[laterPath(path)] === 'true' })),
    group.workDate,
    form.timeZone,
  );
  return new Map(times.map((path, index) => [path, meant[index] as Meant]));
}

/** Everything that differs from what stood there, in the form that the command takes, and what can't be read. */
export interface Edited {
  readonly patch: Readonly<Record<string, unknown>>;
  /** The paths of what is changed. */
  readonly changed: ReadonlySet<Path>;
  readonly problems: ReadonlyMap<Path, string>;
}

export function editedIn(form: CardForm, typing: Typing): Edited {
  const patch: Record<string, unknown> = {};
  const changed = new Set<Path>();
  const problems = new Map<Path, string>();
  for (const group of form.groups) {
    const values = changesIn({ form, group, typing, changed, problems });
    if (group.list === null) Object.assign(patch, values);
    else if (Object.keys(values).length)
      patch[group.list] = [...((patch[group.list] as unknown[] | undefined) ?? []), { ...values, [group.keyName]: group.key }];
  }
  return { patch, changed, problems };
}

interface Gathering {
  readonly form: CardForm;
  readonly group: Group;
  readonly typing: Typing;
  readonly changed: Set<Path>;
  readonly problems: Map<Path, string>;
}

/** A day that is to go: whatever else stands in its fields doesn't matter any more. */
export const isRemoved = (group: Group, typing: Typing): boolean =>
  group.fields.some(({ name, kind }) => kind === 'boolean' && name === 'remove' && typing[pathIn(group, name)] === 'true');

function changesIn({ form, group, typing, changed, problems }: Gathering): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const removed = isRemoved(group, typing);
  const [now, before] = [meantIn(form, group, typing), meantIn(form, group, form.base)];
  for (const field of group.fields) {
    const path = pathIn(group, field.name);
    const text = typing[path] ?? '';
    const meant = now.get(path);
    if (meant?.problem) {
      // Never sent: what can't be read is not "no time", and would empty what is recorded.
      changed.add(path);
      if (!removed) problems.set(path, meant.problem);
      continue;
    }
    // A time that nobody touched can still come to mean the next day, when the beginning of the shift moves.
    const same = meant ? meant.instant === before.get(path)?.instant : text === form.base[path];
    if (same) continue;
    changed.add(path);
    values[field.name] = meant ? meant.instant : valueOf(field, text);
  }
  return values;
}

function valueOf({ kind }: FormField, text: string): unknown {
  if (kind === 'boolean') return text === 'true';
  if (kind === 'number') return text === '' ? null : Number(text);
  return text === '' ? null : text;
}
