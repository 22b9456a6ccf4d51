import type { Actor, Event } from '@countersign/audit/entry';
import type { Names } from '../people/directory.ts';
import { IN_FORCE_BEFORE } from '../people/rights/settings.ts';
import type { EventView } from './record.views.ts';

/** What stands for somebody whose name is no longer known, as after an erasure. */
export const UNKNOWN_PERSON = 'Unknown person';

/** The people whose names an event is shown with. */
export function peopleOf({ actor, impersonator, subject }: Pick<Event, 'actor' | 'impersonator' | 'subject'>): string[] {
  const people = [impersonator, subject, actor.kind === 'user' ? actor.id : null];
  return people.filter((id): id is string => id !== null);
}

/** An event as pages, lists and the live feed show it: with the names, which the log itself doesn't hold. */
export function presentEvent(event: Event, names: Names): EventView {
  const named = (id: string | null) => (id === null ? null : { id, name: names.get(id) ?? UNKNOWN_PERSON });
  return {
    position: event.position,
    id: event.id,
    changeId: event.changeId,
    area: event.area,
    action: event.action,
    operation: event.operation,
    actor: { ...event.actor, name: actorName(event.actor, names) },
    impersonator: named(event.impersonator),
    target: event.target,
    root: event.root,
    subject: named(event.subject),
    scopes: [...event.scopes],
    workDate: event.workDate,
    changes: event.changes.map((change) => ({ ...change, ...inForceBefore(event, change) })),
    metadata: { ...event.metadata } as EventView['metadata'],
    reason: event.reason,
    effect: presentEffect(event.effect),
    channel: event.channel,
    requestId: event.requestId,
    ipAddress: event.ipAddress,
    forwardedFor: event.forwardedFor ?? null,
    userAgent: event.userAgent,
    occurredAt: event.occurredAt,
  };
}

/** Of what was the default until then the log holds no value: the event says which it was. */
function inForceBefore({ operation, metadata }: Event, change: Event['changes'][number]): { old?: string } {
  const before = metadata[IN_FORCE_BEFORE];
  return operation === 'create' && 'old' in change && change.old === null && typeof before === 'string' ? { old: before } : {};
}

/** What an event brought about, as views give it. */
export const presentEffect = (effect: Event['effect']): EventView['effect'] => effect && ({ ...effect } as EventView['effect']);

/** What to show for whoever did it. */
export function actorName(actor: Actor, names: Names): string {
  switch (actor.kind) {
    case 'user':
      return (actor.id && names.get(actor.id)) || UNKNOWN_PERSON;
    case 'system':
      return actor.id ?? 'System';
    case 'database':
      return 'Database';
    case 'anonymous':
      return 'Not signed in';
    default:
      return actor.kind satisfies never;
  }
}
