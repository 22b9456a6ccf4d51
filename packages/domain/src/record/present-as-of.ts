import type { FieldAsOf, RecordAsOf } from '@countersign/audit/as-of';
import type { Disagreement } from '@countersign/audit/columns';
import type { Event, Target } from '@countersign/audit/entry';
import { fieldOf } from '@countersign/audit/field-paths';
import type { TrackedField } from '@countersign/audit/policy';
import type { Names } from '../people/directory.ts';
import type { AsOfRecord, AsOfView, FieldAsOfView, MomentView } from './as-of.views.ts';
import type { CompiledDeclarations } from './declared.ts';
import { effectOf } from './effect.rules.ts';
import { actorName } from './present-event.ts';

type Fields = readonly ({ readonly name: string } & TrackedField)[];

/** A record as it stood: its declared fields in their order, and after them what no entity has any more. */
export function presentRecord(record: RecordAsOf, { vocabulary }: CompiledDeclarations, names: Names): AsOfRecord {
  const { target, fields, deleted, complete, workDate, last } = record;
  const declared = vocabulary.fields.filter(({ entity }) => entity === target.type);
  const paths = Map.groupBy(fields.keys(), (path) => (declared.some(({ name }) => name === path) ? path : fieldOf(path)));
  const outlived = [...paths.keys()].filter((name) => !declared.some((field) => field.name === name));
  return {
    record: { ...target },
    entity: vocabulary.entities.find(({ name }) => name === target.type)?.label ?? target.type,
    workDate,
    deleted,
    complete,
    latest: presentMoment(last, names),
    fields: [...declared.map(({ name }) => name), ...outlived].flatMap((name) =>
      (paths.get(name) ?? [name]).map((path) => presentField(path, fields.get(path), { declared, complete })),
    ),
  };
}

function presentField(
  path: string,
  state: FieldAsOf | undefined,
  { declared, complete }: { readonly declared: Fields; readonly complete: boolean },
): FieldAsOfView {
  const field = declaredAt(path, declared);
  const shown = {
    name: path,
    label: labelOf(path, declared),
    kind: kindAt(path, field),
    values: field?.values ? { ...field.values } : null,
  };
  if (!state) return { ...shown, state: complete ? 'known' : 'unrecorded', value: null };
  if ('hidden' in state) return { ...shown, state: 'hidden', value: null };
  return 'unknown' in state ? { ...shown, state: 'unknown', value: null } : { ...shown, state: 'known', value: state.value };
}

const declaredAt = (path: string, declared: Fields) =>
  declared.find(({ name }) => name === path) ?? declared.find(({ name }) => name === fieldOf(path));

/** What stands at a path inside of a field is a text of its own. */
const kindAt = (path: string, field: Fields[number] | undefined): string =>
  field === undefined || field.name !== path ? 'text' : field.kind;

/** `Value.daily`, with the field's label before the path. */
function labelOf(path: string, declared: Fields): string {
  const field = declaredAt(path, declared);
  return field ? field.label + path.slice(field.name.length) : path;
}

/** What a field of an entity is called, with what follows of its path. */
export const fieldLabel = (type: string, path: string, { fields }: CompiledDeclarations['vocabulary']): string =>
  labelOf(
    path,
    fields.filter(({ entity }) => entity === type),
  );

/** Differences with the words for them. */
export const presentDisagreements = (
  record: Target,
  differences: readonly Disagreement[],
  { vocabulary }: CompiledDeclarations,
): NonNullable<AsOfView['agreement']>['differences'] =>
  differences.map((difference) => ({
    ...difference,
    record: { ...record },
    label: difference.field === null ? null : fieldLabel(record.type, difference.field, vocabulary),
  }));

/** An event as the place in the log where it stands. */
export const presentMoment = (event: Event, names: Names): AsOfRecord['latest'] => ({
  position: event.position,
  changeId: event.changeId,
  at: event.occurredAt,
  action: event.action,
  by: { ...event.actor, name: actorName(event.actor, names) },
});

/** The change sets of some events, oldest first, each where its last event stands. */
export function presentMoments(events: readonly Event[], names: Names): MomentView[] {
  const sets = Map.groupBy(events, ({ changeId }) => changeId);
  const undoneBy = new Map(events.flatMap((event) => (undoneIn(event) === null ? [] : [[undoneIn(event), event.changeId]])));
  const moments = Array.from(sets, ([changeId, members]) => {
    const last = members.at(-1) as Event;
    const { position, at, by } = presentMoment(last, names);
    return {
      position,
      changeId,
      at,
      by,
      actions: [...new Set(members.map(({ action }) => action))],
      reason: members.find(({ reason }) => reason !== null)?.reason ?? null,
      fields: members.reduce((sum, { changes }) => sum + changes.length, 0),
      afterApproval: members.some(({ effect }) => effectOf(effect).afterApproval),
      undoes: undoneIn(last),
      undoneBy: undoneBy.get(changeId) ?? null,
    };
  });
  return moments.toSorted((one, other) => one.position - other.position);
}

/** The change set that an event undid. */
const undoneIn = ({ metadata }: Event): string | null => (typeof metadata['undoes'] === 'string' ? metadata['undoes'] : null);
