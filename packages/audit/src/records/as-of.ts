import { canonicalJson } from '@countersign/proof/canonical';
import { isShown, UNREADABLE, type Change, type Event, type Shortened, type Target, type Value } from '../events/entry.ts';
import { fieldOf, isUnder, leavesOf, stepsOf, type FieldForm } from '../values/field-paths.ts';
import { shortened } from '../values/values.ts';

/** What is known of one field at a moment. A value that was kept shortened is shown by its length and hash. */
export type FieldAsOf =
  | { readonly value: Value }
  /** There are values that may not be shown. */
  | { readonly hidden: true }
  /** It was changed by lists too long to be kept: what they add up to can't be said. */
  | { readonly unknown: true };

/** One record as it stood, rebuilt from the log alone. */
export interface RecordAsOf {
  readonly target: Target;
  readonly root: Target | null;
  /** The day that the record is about. */
  readonly workDate: string | null;
  /** It was gone by then; its fields are what it had last. */
  readonly deleted: boolean;
  /** The log has its creation: a field that isn't named here was not set. Else such a field had a value that nobody recorded. */
  readonly complete: boolean;
  /** By name as data; of JSON and embedded objects by path, each leaf of its own. */
  readonly fields: ReadonlyMap<string, FieldAsOf>;
  /** Where the log itself shows that something changed and was not recorded. */
  readonly gaps: readonly Gap[];
  /** The first and the latest event of this life of the record, up to the moment. */
  readonly first: Event;
  readonly last: Event;
}

/** A change that began with something else than the one before it had left: in between nobody recorded what happened. */
export interface Gap {
  /** Null where all that is recorded of a change is that it could not be recorded. */
  readonly field: string | null;
  /** The event that told what stood there, and the one that found something else. */
  readonly after: Event;
  readonly before: Event;
}

/** What the declarations say of recorded fields. */
export interface FieldForms {
  /** Undefined for a field that no entity has any more. */
  of(type: string, field: string): FieldForm | undefined;
  /** The name that a field has now, which may not be the one that an older entry has. */
  presentName(type: string, field: string): string;
}

/** The key of a record in what `asOf` answers: its type and id. */
export const recordKey = ({ type, id }: Pick<Target, 'type' | 'id'>): string => `${type}:${id}`;

/**
 * Folds events, oldest first, into the records that they are about, in the order in which these were first heard of.
 * A record that nobody had created by then isn't there; one that was deleted is marked, and a record made anew under
 * the same key begins anew. Whole histories have to be given: what is left out never happened.
 */
export function asOf(events: Iterable<Event>, forms: FieldForms): ReadonlyMap<string, RecordAsOf> {
  const fold = new Fold(forms);
  for (const event of events) fold.add(event);
  return fold.records();
}

/** The same, event by event, for whoever can't hold all of them: it keeps what the records are, not what happened to them. */
export class Fold {
  readonly #forms: FieldForms;
  readonly #lives = new Map<string, Life>();

  constructor(forms: FieldForms) {
    this.#forms = forms;
  }

  add(event: Event): void {
    if (!event.target || event.operation === 'none') return;
    const key = recordKey(event.target);
    const known = this.#lives.get(key);
    const life = known && !beginsAnew(known, event) ? known : newLife(event);
    this.#lives.set(key, life);
    follow(life, event, this.#forms);
  }

  records(): ReadonlyMap<string, RecordAsOf> {
    return new Map(Array.from(this.#lives, ([key, life]) => [key, finished(life)]));
  }
}

type State = FieldAsOf | { readonly members: ReadonlySet<string> };

interface Life {
  readonly first: Event;
  last: Event;
  complete: boolean;
  readonly states: Map<string, State>;
  /** Which event told what stands in a field. */
  readonly tellers: Map<string, Event>;
  readonly gaps: Gap[];
}

const newLife = (event: Event): Life => ({
  first: event,
  last: event,
  complete: event.operation === 'create',
  states: new Map(),
  tellers: new Map(),
  gaps: [],
});

/** One flush tells a creation as several events where it has several meanings: they make one record. */
const beginsAnew = ({ last }: Life, { operation, changeId }: Event): boolean =>
  operation === 'create'
    ? last.operation !== 'create' || last.changeId !== changeId
    : operation === 'update' && last.operation === 'delete';

function follow(life: Life, event: Event, forms: FieldForms): void {
  const type = event.target?.type ?? '';
  const deleted = event.operation === 'delete';
  // What such an event keeps is what was told, and no field of the record.
  for (const change of event.action === UNREADABLE ? [] : event.changes) {
    const path = presentPath(type, change.field, forms);
    const teller = life.tellers.get(path);
    const form = forms.of(type, path) ?? forms.of(type, fieldOf(path));
    // An embedded object is told with parts that are null, and known without them.
    const goesOn = !teller || form === 'embedded' || goesOnFrom(life.states.get(path), change);
    if (!goesOn) life.gaps.push({ field: path, after: teller, before: event });
    life.tellers.set(path, event);
    apply(life.states, { path, form, change, deleted });
  }
  // Of an event of a thousand fields the log names the first ones only.
  const leavesOut = event.action === UNREADABLE || Object.keys(event.metadata).some((key) => key.startsWith('changes_left_out_'));
  if (leavesOut) life.complete = false;
  if (event.action === UNREADABLE) life.gaps.push({ field: null, after: life.last, before: event });
  life.last = event;
}

function presentPath(type: string, path: string, forms: FieldForms): string {
  const whole = forms.presentName(type, path);
  if (whole !== path) return whole;
  const field = fieldOf(path);
  return forms.presentName(type, field) + path.slice(field.length);
}

interface Step {
  readonly path: string;
  /** Undefined for a field that outlived its declaration: then paths are taken for JSON's. */
  readonly form: FieldForm | undefined;
  readonly change: Change;
  readonly deleted: boolean;
}

function apply(states: Map<string, State>, { path, form, change, deleted }: Step): void {
  if (!isShown(change)) {
    const field = form === 'text' ? path : fieldOf(path);
    clear(states, field);
    states.set(field, { hidden: true });
    return;
  }
  // A deletion tells what was there: the record keeps it, to be shown as what it had last.
  const value = deleted ? change.old : change.new;
  if (form === 'members') states.set(path, deleted ? { value } : membersAfter(states.get(path), change.old, change.new));
  else if (form === 'text') states.set(path, { value });
  else setPath(states, { path, form: form ?? 'json', value });
}

/**
 * Whether a change begins where the one before it ended, as far as that is known. One that doesn't say what was there
 * is believed: a flush of a record that was never loaded knows no better.
 */
function goesOnFrom(known: State | undefined, change: Change): boolean {
  if (!known || !isShown(change)) return true;
  if ('members' in known) {
    const [gone, come] = [listOf(change.old), listOf(change.new)];
    return !gone || !come || (gone.every((one) => known.members.has(one)) && !come.some((one) => known.members.has(one)));
  }
  return change.old === null || !('value' in known) || isSame(known.value, change.old);
}

/** A value that was kept whole once and shortened another time is the same by its hash. */
const isSame = (one: Value, other: Value): boolean => one === other || (one !== null && other !== null && hashOf(one) === hashOf(other));
const hashOf = (value: string | Shortened): string => (typeof value === 'string' ? shortened(value).sha256 : value.sha256);

function clear(states: Map<string, State>, path: string): void {
  for (const known of states.keys()) if (isUnder(known, path)) states.delete(known);
}

/** Sets what is at a path of a JSON value, and everything below it. */
function setPath(states: Map<string, State>, { path, form, value }: { path: string; form: 'json' | 'embedded'; value: Value }): void {
  clear(states, path);
  const above = stepsOf(path).slice(0, -1);
  // An outlived field that was taken for a text turns out to be an object: its leaves can be told apart from now on.
  for (const ancestor of above) open(states, ancestor, form);
  for (const [leaf, text] of leavesOf(form, path, value)) states.set(leaf, { value: text });
  const [parent] = above.slice(-1);
  if (value !== null) return;
  if (parent === undefined) states.set(path, { value: null });
  // What lost its last key is an empty object, and not nothing.
  else if (![...states.keys()].some((known) => isUnder(known, parent))) states.set(parent, { value: '{}' });
}

/** Takes the whole value apart that stands above a path; of a shortened one the rest remains unknown. */
function open(states: Map<string, State>, ancestor: string, form: 'json' | 'embedded'): void {
  const whole = states.get(ancestor);
  if (!whole || !('value' in whole) || (whole.value !== null && typeof whole.value !== 'string')) return;
  states.delete(ancestor);
  for (const [leaf, value] of leavesOf(form, ancestor, whole.value)) if (leaf !== ancestor) states.set(leaf, { value });
}

function membersAfter(before: State | undefined, removed: Value, added: Value): State {
  const [gone, come] = [listOf(removed), listOf(added)];
  if (!gone || !come || (before && !('members' in before))) return { unknown: true };
  return { members: new Set([...(before?.members ?? [])].filter((one) => !gone.includes(one)).concat(come)) };
}

/** The members in a recorded text; null where the list was too long to be kept, or isn't one. */
function listOf(value: Value): string[] | null {
  if (value === null) return [];
  if (typeof value !== 'string' || !value.startsWith('[')) return null;
  return JSON.parse(value) as string[];
}

const finished = ({ first, last, complete, states, gaps }: Life): RecordAsOf => ({
  target: last.target as Target,
  root: last.root,
  workDate: last.workDate,
  deleted: last.operation === 'delete',
  complete,
  fields: new Map(Array.from(states, ([path, state]) => [path, shownState(state)])),
  gaps,
  first,
  last,
});

const shownState = (state: State): FieldAsOf =>
  'members' in state ? { value: state.members.size ? canonicalJson([...state.members].sort()) : null } : state;
