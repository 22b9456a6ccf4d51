import type { EventFilter, EventView } from '../../src/api/views.ts';

export const oneOf = (wanted: string | string[] | undefined, value: string | null | undefined) =>
  wanted === undefined || [wanted].flat().some((one) => one === value);

/** Whether an event passes a filter, as the server decides it. */
export function matches(
  event: EventView,
  { area, withoutArea, action, actor, withoutActor, subject, field, root, target, text, change, from, to }: EventFilter,
): boolean {
  const record = (wanted: string | string[] | undefined, of: EventView['root']) =>
    wanted === undefined || [wanted].flat().some((one) => of && (one === of.id || one === `${of.type}:${of.id}`));
  const words = JSON.stringify([event.reason, event.root?.label, event.changes]).toLowerCase();
  return (
    oneOf(area, event.area) &&
    (withoutArea === undefined || !oneOf(withoutArea, event.area)) &&
    oneOf(action, event.action) &&
    oneOf(actor, event.actor.id) &&
    (withoutActor === undefined || !oneOf(withoutActor, event.actor.id)) &&
    oneOf(subject, event.subject?.id) &&
    oneOf(change, event.changeId) &&
    record(root, event.root) &&
    record(target, event.target) &&
    (field === undefined || event.changes.some((change) => [field].flat().includes(change.field))) &&
    (text === undefined || [text].flat().some((one) => words.includes(one.toLowerCase()))) &&
    (from === undefined || (from.length > 10 ? Date.parse(event.occurredAt) >= Date.parse(from) : event.occurredAt.slice(0, 10) >= from)) &&
    (to === undefined || (to.length > 10 ? Date.parse(event.occurredAt) <= Date.parse(to) : event.occurredAt.slice(0, 10) <= to))
  );
}
