import type { EntityManager } from '@mikro-orm/postgresql';
import type { Event } from '@countersign/audit/entry';
import type { LogReader } from '@countersign/audit/log';
import type { MetadataOf } from '@countersign/audit/manual-action';
import { now } from '../../clock.ts';
import { names } from '../../people/directory.ts';
import { ExportedPerson } from './exported-person.ts';
import { hashOf, isForgotten } from './tell-export.ts';
import { timecardsExported, timecardsExportFinished } from './timecards-exported.ts';

interface Someone {
  readonly id: string;
  /** Null where nobody of that id is known any more. */
  readonly name: string | null;
}

/** What the log says of an export. */
export interface KnownExport {
  /** The change set of its events; it stands in the name that the file was given. */
  readonly reference: string;
  /** The position of the event that it was begun. */
  readonly position: number;
  readonly at: string;
  readonly by: Someone;
  /** Through whose eyes. */
  readonly through: Someone | null;
  readonly told: MetadataOf<typeof timecardsExported>;
  /** The file as it left; null for one that wasn't fetched to its end. */
  readonly file: MetadataOf<typeof timecardsExportFinished> | null;
  /** Whether the rows that name its people are those of the event; null where there are none any more, or the event tells of none. */
  readonly peopleStand: boolean | null;
}

interface Looking {
  readonly em: EntityManager;
  readonly log: LogReader;
}

const ALL = { everything: true, keys: [], sensitive: false } as const;
const PAGE = 500;

/** The export whose file had exactly these bytes; null where there was none. */
export async function exportOfBytes(looking: Looking, sha256: string): Promise<KnownExport | null> {
  for (let position = 0; ;) {
    const { events, to } = await looking.log.after(position, { action: [timecardsExportFinished.name] }, ALL, PAGE);
    const found = events.find(({ metadata }) => metadata['sha256'] === sha256);
    if (found) return exportOfReference(looking, found.changeId);
    if (events.length < PAGE) return null;
    position = to;
  }
}

/** The export with this reference; null where there was none. */
export async function exportOfReference({ em, log }: Looking, reference: string): Promise<KnownExport | null> {
  const action = [timecardsExported.name, timecardsExportFinished.name];
  const { events } = await log.after(0, { change: [reference], action }, ALL, PAGE);
  const begun = events.find((event) => event.action === timecardsExported.name);
  if (!begun) return null;
  const ended = events.find((event) => event.action === timecardsExportFinished.name);
  const told = begun.metadata as KnownExport['told'];
  const known = await names(
    em,
    [begun.impersonator, begun.actor.id].filter((id) => id !== null),
  );
  const someone = (id: string): Someone => ({ id, name: known.get(id) ?? null });
  const { impersonator, actor } = begun;
  return {
    reference,
    position: begun.position,
    at: begun.occurredAt,
    by: someone(impersonator ?? actor.id ?? ''),
    through: impersonator === null ? null : someone(actor.id ?? ''),
    told,
    file: (ended?.metadata as KnownExport['file'] | undefined) ?? null,
    peopleStand: await peopleStand(em, begun, told),
  };
}

async function peopleStand(em: EntityManager, { changeId, occurredAt }: Event, told: KnownExport['told']): Promise<boolean | null> {
  if (told.people_sha256 === undefined || isForgotten(new Date(occurredAt), now())) return null;
  const rows = await em.fork().find(ExportedPerson, { changeId });
  return hashOf(rows.map(({ person, timecards }) => ({ person: person.id, count: timecards }))) === told.people_sha256;
}
