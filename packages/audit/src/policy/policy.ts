import type { Actor, Operation } from '../events/entry.ts';
import type { Formerly } from './former-names.ts';
import type { Json } from '@countersign/proof/canonical';

/** How a value is to be read and shown. Pages, exports and filters go by it. */
export type ValueKind =
  | 'time'
  | 'date'
  | 'minutes'
  | 'hours'
  | 'money'
  | 'number'
  | 'enum'
  | 'boolean'
  | 'text'
  | 'reference'
  | 'json'
  /** A list of the names of fields, a part's with its key: `entries.2026-11-03.daily_check_out`. */
  | 'fields'
  | 'members';

/** A field that is recorded. `name` is the field's name as data: the column's name unless given. */
export interface TrackedField {
  readonly label: string;
  readonly kind: ValueKind;
  readonly name?: string;
  /** The names as data that it had before: older entries bear them, and are its history all the same. With the labels that they had, where those were others. */
  readonly formerly?: Formerly;
  /** Its values are kept as ciphertext under the subject's key and shown only to those who may see sensitive data. */
  readonly sensitive?: boolean;
  /** For an enum: what to show for each of its values. */
  readonly values?: Readonly<Record<string, string>>;
  /** For an enum: what to show for values that it had before. */
  readonly formerValues?: Readonly<Record<string, string>>;
}

/** A field that is never recorded, and why: bookkeeping, secrets, what another entity records. */
export interface IgnoredField {
  readonly ignored: string;
}

/** How a field is classified: recorded, or never and why. */
export type FieldPolicy = TrackedField | IgnoredField;

/** `never('a password hash')`: this field is never recorded, for this reason. */
export const never = (reason: string): IgnoredField => ({ ignored: reason });

/** Whether a field is recorded. */
export const isTracked = (field: FieldPolicy): field is TrackedField => !('ignored' in field);

/**
 * What happens where something can't be recorded. `block`: it isn't done; a change of a record is saved with its event or
 * not at all. `defer`: it is done, and its event waits on the node's disk until it can be written, once; where not even
 * the disk takes it, it isn't done.
 */
export type Failure = 'block' | 'defer';

/** A row as its recorded text, by property name; a reference is the key that it points to. Ignored fields are there too, except secrets that were never loaded. */
export type Row<Property extends string = string> = { readonly [P in Property]?: string | null };

/** What a rule, a label and a root may go by: values and the context, and nothing that could differ when it is computed again. */
export interface Happening<Property extends string = string> {
  readonly operation: Operation;
  /** The row as it stands after the change, or as it stood before it was deleted. */
  readonly row: Row<Property>;
  /** The row before the change; null for a creation. */
  readonly before: Row<Property> | null;
  /** The properties that changed. */
  readonly changed: ReadonlySet<Property>;
  readonly actor: Actor;
  readonly command: string | null;
  readonly reason: string | null;
}

/** One action of the published vocabulary. */
export interface ActionPolicy {
  readonly label: string;
  readonly description?: string;
  /** Whether recording it without a reason is refused. */
  readonly needsReason?: boolean;
  /** The names that it had before: older entries bear them, and are found by the present one. */
  readonly formerly?: Formerly;
}

/**
 * A semantic action: when `when` holds, the changes of the properties in `claims` are recorded under `action`.
 * The first rule that claims a property has it, so the more particular one stands first.
 */
export interface ActionRule<Property extends string, Action extends string> {
  readonly action: Action;
  readonly claims: readonly Property[];
  readonly when: (happening: Happening<Property>) => boolean;
  /** The property whose step this is: its old and new value, the reason and who did it become the event's metadata. */
  readonly state?: Property;
  readonly metadata?: (happening: Happening<Property>) => { readonly [key: string]: Json };
}

/** What an entity's changes are called. */
export interface Actions<Property extends string, Action extends string> {
  /** Every action that this entity's changes can have, with its label. */
  readonly vocabulary: Readonly<Record<Action, ActionPolicy>>;
  /** The entity's general action, for whatever no rule claims. */
  readonly general: Action | ((happening: Happening<Property>) => Action);
  readonly rules?: readonly ActionRule<Property, Action>[];
}

/** What an entity declares about its own record. Written beside the entity's definition. */
export interface AuditPolicy<Property extends string = string, Action extends string = string> {
  readonly area: string;
  readonly label: string;
  /** The names that the entity had before: older entries bear them, and are its records' history all the same. */
  readonly formerly?: Formerly;
  /** What the entity has no more, and older entries bear: fields by their names as data, and actions. */
  readonly retired?: {
    readonly fields?: Readonly<Record<string, TrackedField>>;
    readonly actions?: Readonly<Record<string, ActionPolicy>>;
  };
  /** Every property of the entity, tracked or ignored: an unclassified one stops the start-up. */
  readonly fields: Readonly<Record<Property, FieldPolicy>>;
  readonly actions: Actions<Property, Action>;
  /** Names the record, never the person. */
  readonly title: (row: Row<Property>) => string;
  /**
   * Properties that title, subject, scopes, work date, rules or effect go by; the key, the root and what rules claim need
   * not be named. Whatever tells of a change carries them along, changed or not; the policy sees no others.
   */
  readonly carries?: readonly Property[];
  /** The reference to the record under whose page events are shown; left out where the record is its own root. Its title, subject and scopes hold for this entity too. */
  readonly root?: Property;
  /** The person whom the record's personal data concern. */
  readonly subject?: (row: Row<Property>) => string | null;
  /** The organisational units that the record belongs to, such as `site:4`. */
  readonly scopes?: (row: Row<Property>) => readonly string[];
  /** The day that the record is about, as YYYY-MM-DD. */
  readonly workDate?: (row: Row<Property>) => string | null;
  /**
   * What a change brought about, told with each event that it makes: `changed` then holds the properties of that event
   * alone. `root` is the row of the root, where the unit of work holds it. Generic JSON; nothing personal, since it
   * stands in clear. Null where there is nothing to tell.
   */
  readonly effect?: (happening: Happening<Property>, root: Row | null) => { readonly [key: string]: Json } | null;
  /** Whether a change by nobody known is refused. */
  readonly needsPerson?: boolean;
  /**
   * For actions about such a record that change none, where they don't say it themselves. A change of the record is saved
   * with its event or not at all, whatever stands here.
   */
  readonly failure?: Failure;
}

/** An entity that the application has no more, and older entries are about. */
export interface RetiredEntity {
  readonly name: string;
  readonly area: string;
  readonly label: string;
  /** By their names as data. */
  readonly fields: Readonly<Record<string, TrackedField>>;
  readonly actions: Readonly<Record<string, ActionPolicy>>;
}

/** A declaration that an entity is not audited, and why. */
export interface NoAudit {
  readonly unaudited: string;
}

/** An entity by what `defineEntity` returned, or by its class. */
export type EntityRef = { readonly '~entity': unknown } | (abstract new (...args: never[]) => object);

/** An entity with what it declares, as `audited` and `unaudited` return it. */
export interface Declared {
  readonly entity: EntityRef;
  readonly policy: AuditPolicy | NoAudit;
}

type PropertyOf<Schema> = Schema extends { readonly properties: infer Properties } ? keyof Properties & string : string;

/**
 * Declares how an entity is audited; stands in the file that defines the entity.
 * Every property must be classified: forgetting one doesn't compile, and stops the start-up.
 */
export function audited<Schema extends EntityRef, Action extends string>(
  entity: Schema,
  policy: AuditPolicy<PropertyOf<Schema>, Action>,
): Declared {
  return { entity, policy: policy as unknown as AuditPolicy };
}

/** Declares that an entity is deliberately not audited. */
export function unaudited(entity: EntityRef, reason: string): Declared {
  return { entity, policy: { unaudited: reason } };
}

/** Whether an entity is recorded at all. */
export const isAudited = (policy: AuditPolicy | NoAudit): policy is AuditPolicy => !('unaudited' in policy);
