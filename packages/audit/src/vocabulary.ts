import { AUDIT_AREA, COVERAGE_ENDED, COVERAGE_REPAIRED, TAMPERING, UNCLASSIFIED, UNREADABLE } from './entry.ts';
import type { ManualAction } from './manual-action.ts';
import type { ActionPolicy, TrackedField } from './policy.ts';
import type { EntityPlan, FieldPlan } from './registry.ts';

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
  readonly fields: readonly ({ readonly entity: string; readonly name: string } & TrackedField)[];
}

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

/** What the entities' policies and the actions that are no change of a record declare, as one list of words. */
export function vocabularyOf(plans: readonly EntityPlan[], manual: readonly ManualAction[]): Vocabulary {
  const actions = [...plans.flatMap(actionsOf), ...manual.map((action) => entryOf(action.name, action.area, action)), ...OF_THE_LOG];
  const fields = plans.flatMap((plan) =>
    [...plan.fields.values()].flatMap((field) =>
      field.tracked && !isPart(plan, field) ? [{ entity: plan.type, ...field.tracked, name: field.name }] : [],
    ),
  );
  return {
    areas: [...new Set([...plans.map((plan) => plan.policy.area), ...manual.map(({ area }) => area), AUDIT_AREA])].sort(),
    actions: [...new Map(actions.map((action) => [action.name, action])).values()],
    entities: plans.map((plan) => ({ name: plan.type, label: plan.policy.label, area: plan.policy.area })),
    fields,
  };
}

const actionsOf = ({ policy }: EntityPlan): ActionEntry[] =>
  Object.entries(policy.actions.vocabulary).map(([name, action]) => entryOf(name, policy.area, action));

function entryOf(name: string, area: string, { label, description, needsReason }: ActionPolicy): ActionEntry {
  return { name, label, area, description: description ?? null, needsReason: needsReason ?? false };
}

/** Whether a plan is for a flattened part of an inline embeddable, which the vocabulary lists under its owner. */
const isPart = ({ meta }: EntityPlan, { property }: FieldPlan) =>
  Boolean((meta.properties as Record<string, { readonly embedded?: unknown }>)[property]?.embedded);
