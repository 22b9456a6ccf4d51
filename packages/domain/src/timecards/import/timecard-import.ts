import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { User } from '../../people/user.ts';

/** A file that was imported: made in the transaction that did what the file says, and kept. */
export const TimecardImport = defineEntity({
  name: 'TimecardImport',
  tableName: 'timecard_imports',
  indexes: [{ properties: ['owner'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    owner: () => p.manyToOne(User).deleteRule('restrict'),
    fileName: p.string().length(255),
    /** Of the file, in hex. */
    sha256: p.string().length(64),
    lines: p.integer(),
    shiftsCreated: p.integer(),
    shiftsChanged: p.integer(),
    shiftsUnchanged: p.integer(),
    shiftsLocked: p.integer(),
    timecardsCreated: p.integer(),
    timecardsChanged: p.integer(),
    changeId: p.uuid(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
});
export type TimecardImport = InferEntity<typeof TimecardImport>;

export const timecardImportAudit = audited(TimecardImport, {
  area: 'timecards',
  label: 'Timecard import',
  title: () => 'Import of timecards',
  fields: {
    id: never('the key, which every event names as its target'),
    owner: never('the actor of the event'),
    fileName: never('people are named in it now and then; the checksum says which file it was'),
    sha256: { label: 'SHA-256 of the File', kind: 'text' },
    lines: { label: 'Lines', kind: 'number' },
    shiftsCreated: { label: 'Shifts Created', kind: 'number' },
    shiftsChanged: { label: 'Shifts Changed', kind: 'number' },
    shiftsUnchanged: { label: 'Shifts Unchanged', kind: 'number' },
    shiftsLocked: { label: 'Shifts Left Alone', kind: 'number' },
    timecardsCreated: { label: 'Timecards Created', kind: 'number' },
    timecardsChanged: { label: 'Timecards Changed', kind: 'number' },
    changeId: never('the change set of the event'),
    createdAt: never('the time of the event'),
  },
  actions: {
    vocabulary: {
      timecards_imported: {
        label: 'Timecards imported',
        description: 'A file of hours was imported: all of it in one change set.',
        needsReason: true,
      },
    },
    general: 'timecards_imported',
  },
});
