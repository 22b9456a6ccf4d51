import { AUDIT_AREA, COVERAGE_ENDED, COVERAGE_REPAIRED, TAMPERING, UNCLASSIFIED, UNREADABLE } from '../events/entry.ts';
import type { ManualAction } from './manual-action.ts';
import { formerNames, type FormerName, type FormerNames } from './former-names.ts';
import type { ActionPolicy, RetiredEntity, TrackedField } from './policy.ts';
import type { EntityPlan, FieldPlan } from './plan.ts';

/** One entry of the vocabulary of actions. */
export interface ActionEntry {
  readonly name: string;
  readonly label: string;
  readonly area: string;
  readonly description: string | null;
  readonly needsReason: boolean;
}

/** Everything that the declarations say, for pages and filters. */
export interface Vocabulary {
  readonly areas: readonly string[];
  readonly actions: readonly ActionEntry[];
  readonly entities: readonly { readonly name: string; readonly label: string; readonly area: string }[];
  readonly fields: readonly FieldEntry[];
  /** What older entries call otherwise. */
  readonly former: FormerNames;
}

/** One recorded field of an entity; `name` is the field's name as data. */
export type FieldEntry = { readonly entity: string; readonly name: string } & TrackedField;

/** What the log tells of itself. */
const OF_THE_LOG: readonly ActionEntry[] = [
  entryOf(UNREADABLE, AUDIT_AREA, {
    label: 'Could not be recorded',
    description: 'Something was done that the log can’t hold as what it says; that it was done is recorded.',
  }),
  entryOf(TAMPERING, AUDIT_AREA, {
    label: 'Tampering refused',
    description: 'Somebody tried to change or delete what stands in the log; nothing was changed.',
  }),
  entryOf(UNCLASSIFIED, AUDIT_AREA, {
    label: 'Changed what nobody knows',
    description: 'The database saw a change of columns or of a table that the application did not know then, as during an upgrade.',
  }),
  entryOf(COVERAGE_REPAIRED, AUDIT_AREA, {
    label: 'Record of a table mended',
    description: 'What records every change of this table was missing, altered or switched off: changes may be missing until here.',
  }),
  entryOf(COVERAGE_ENDED, AUDIT_AREA, {
    label: 'Record of a table ended',
    description: 'From here on the database records no more changes of this table.',
  }),
];

/** What is declared beyond the entities that there are. */
export interface Beyond {
  readonly actions?: readonly ManualAction[];
  readonly retired?: readonly RetiredEntity[];
}

/** What the entities' policies and the actions that are no change of a record declare, as one list of words; what is no more, too. */
export function vocabularyOf(plans: readonly EntityPlan[], { actions: manual = [], retired = [] }: Beyond): Vocabulary {
  const actions = [
    ...plans.flatMap(actionsOf),
    ...manual.map((action) => entryOf(action.name, action.area, action)),
    ...OF_THE_LOG,
    ...plans.flatMap(({ policy }) => entriesOf(policy.retired?.actions, policy.area)),
    ...retired.flatMap((entity) => entriesOf(entity.actions, entity.area)),
  ];
  const fields = plans.flatMap((plan) =>
    [...plan.fields.values()].flatMap((field) =>
      field.tracked && !isPart(plan, field) ? [{ entity: plan.type, ...shown(field.tracked), name: field.name }] : [],
    ),
  );
  return {
    areas: [
      ...new Set([
        ...plans.map((plan) => plan.policy.area),
        ...manual.map(({ area }) => area),
        ...retired.map(({ area }) => area),
        AUDIT_AREA,
      ]),
    ].sort(),
    // What is in use stands for its name, whatever was once called so.
    actions: [...new Map(actions.toReversed().map((action) => [action.name, action])).values()].reverse(),
    entities: [
      ...plans.map((plan) => ({ name: plan.type, label: plan.policy.label, area: plan.policy.area })),
      ...retired.map(({ name, label, area }) => ({ name, label, area })),
    ],
    fields: [
      ...fields,
      ...plans.flatMap(({ type, policy }) => retiredFields(type, policy.retired?.fields)),
      ...retired.flatMap((entity) => retiredFields(entity.name, entity.fields)),
    ],
    former: renamed(plans, manual),
  };
}

const actionsOf = ({ policy }: EntityPlan): ActionEntry[] => entriesOf(policy.actions.vocabulary, policy.area);

const entriesOf = (actions: Readonly<Record<string, ActionPolicy>> = {}, area: string): ActionEntry[] =>
  Object.entries(actions).map(([name, action]) => entryOf(name, area, action));

/** Values that it had before are read as well. */
const shown = ({ formerValues, ...field }: TrackedField): TrackedField =>
  formerValues ? { ...field, values: { ...formerValues, ...field.values } } : field;

const retiredFields = (entity: string, fields: Readonly<Record<string, TrackedField>> = {}): FieldEntry[] =>
  Object.entries(fields).map(([name, field]) => ({ ...field, entity, name }));

type Renaming = Pick<EntityPlan, 'type' | 'policy'> & { readonly fields: ReadonlyMap<string, Pick<FieldPlan, 'name' | 'tracked'>> };

/** What entities and manual actions say that they were called before. */
export function renamed(plans: readonly Renaming[], manual: readonly ManualAction[]): FormerNames {
  const ofAction = ([name, { formerly, label }]: readonly [string, ActionPolicy]): FormerName[] => formerNames(formerly, name, label);
  return {
    actions: [
      ...plans.flatMap(({ policy }) => Object.entries(policy.actions.vocabulary)),
      ...manual.map((one) => [one.name, one] as const),
    ].flatMap(ofAction),
    entities: plans.flatMap(({ type, policy }) => formerNames(policy.formerly, type, policy.label)),
    fields: plans.flatMap(({ type, fields }) =>
      [...fields.values()].flatMap(({ name, tracked }) =>
        tracked ? formerNames(tracked.formerly, name, tracked.label).map((former) => ({ ...former, entity: type })) : [],
      ),
    ),
  };
}

function entryOf(name: string, area: string, { label, description, needsReason }: ActionPolicy): ActionEntry {
  return { name, label, area, description: description ?? null, needsReason: needsReason ?? false };
}

/** Whether a plan is for a flattened part of an inline embeddable, which the vocabulary lists under its owner. */
const isPart = ({ meta }: EntityPlan, { property }: FieldPlan) =>
  Boolean((meta.properties as Record<string, { readonly embedded?: unknown }>)[property]?.embedded);
