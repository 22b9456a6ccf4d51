import type { Target } from '../events/entry.ts';
import type { Row } from '../policy/policy.ts';
import type { ToldEvent } from '../capture/inbox.ts';
import { factsOf, type Happened, type RecordFacts } from '../capture/tell.ts';

// Who may see an event hangs on its root, its subject and its units. A document says what they are, and whoever holds the
// application's password can write one: it is held against the row that the database saw, and where the row doesn't say
// it, against the record's or its root's earlier events, and of what the log has never met, against its row as it stands.

/** What a document says of whose a record is. What it leaves out it doesn't claim to know. */
export type Alleged = Partial<Pick<ToldEvent, 'label' | 'root' | 'subject' | 'scopes' | 'day'>>;

/**
 * What the row doesn't say, and is to be held against the log: of a part, whose its root is; of a record whose row nobody
 * saw, everything. Null where the row says it all.
 */
export function allegedBeside([told]: readonly ToldEvent[], own: RecordFacts | null): Alleged | null {
  if (!told) return null;
  const { label, root, subject, scopes, day } = told;
  const said: Alleged = { ...(root && { root }), ...(subject !== undefined && { subject }), ...(scopes && { scopes }) };
  if (!own) return { ...said, label, ...(day !== undefined && { day }) };
  return own.root && isSameRecord(own.root, root) ? said : null;
}

/** A record's row as the database saw it, and what its policy makes of it. */
export interface SeenRow {
  readonly happened: Happened;
  readonly facts: RecordFacts;
}

/**
 * What the document says otherwise than the row, each in a word or two; none where no row was seen. `before` is what was
 * there before other changes of the same transaction, which the unit of work may not know of.
 */
export function contradictedFacts(events: readonly ToldEvent[], seen: SeenRow | null, before: () => readonly Row[]): string[] {
  const [told] = events;
  // Where it says nothing of its record, nobody is contradicted.
  if (!told || !seen || told.label === null) return [];
  const own = differingFacts(told, seen.facts);
  if (!own.length) return [];
  // What another trigger or a default did to the row since, the unit of work didn't know.
  const { happened } = seen;
  return [happened.before, null, ...before()].some((known) => !differingFacts(told, factsAsKnown(events, happened, known)).length)
    ? []
    : own;
}

/** What the policy makes of the row as somebody knew it who knew this much of it, and changed what was told. */
function factsAsKnown(events: readonly ToldEvent[], seen: Happened, known: Row | null): RecordFacts {
  const news = new Map(events.flatMap(({ changes }) => changes.map(({ f, n }) => [f, n])));
  const row = Array.from(seen.plan.carried, (property) => {
    const field = seen.plan.fields.get(property);
    const value = field && news.get(field.name);
    if (typeof value === 'string' || value === null) return [property, value] as const;
    return [property, field?.tracked ? (known?.[property] ?? null) : seen.row[property]] as const;
  });
  return factsOf({ ...seen, row: Object.fromEntries(row) });
}

function differingFacts(told: ToldEvent, own: RecordFacts): string[] {
  return [
    ...(told.label === own.label ? [] : ['its label']),
    ...(told.day === undefined || told.day === (own.day ?? null) ? [] : ['its day']),
    ...(isSameRecord(own.root, told.root) ? [] : ['its root']),
    ...(own.root ? [] : differingOwners(told, own)),
  ];
}

type Owners = Pick<Alleged, 'subject' | 'scopes'>;

/** Whose the record is, as the document and the database have it. */
export const differingOwners = (said: Owners, own: Owners): string[] => [
  ...(said.subject === undefined || said.subject === (own.subject ?? null) ? [] : ['its subject']),
  ...(!said.scopes || JSON.stringify(said.scopes) === JSON.stringify(own.scopes ?? []) ? [] : ['its units']),
];

type Named = Pick<Target, 'type' | 'id'> | null | undefined;

export const isSameRecord = (one: Named, other: Named): boolean => one?.type === other?.type && one?.id === other?.id;
