import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { User } from '../../people/user.ts';

/**
 * AUD-35: that an export held records of somebody. The log has one event for an export, however many people it concerns; this
 * has a row for each of them, and the event the hash of those rows: `people` and `people_sha256` of its metadata.
 */
export const ExportedPerson = defineEntity({
  name: 'ExportedPerson',
  tableName: 'exported_people',
  indexes: [{ properties: ['person', 'exportedAt'] }, { properties: ['exportedAt'] }],
  properties: {
    /** The change set of the export's event. */
    changeId: p.uuid().primary(),
    person: () => p.manyToOne(User).primary().deleteRule('cascade'),
    /** Who took them away: the admin, where they looked as somebody else. */
    by: p.uuid(),
    /** Through whose eyes, where they did. */
    through: p.uuid().nullable(),
    exportedAt: p.datetime(3),
    /** How many cards of theirs it held. */
    timecards: p.integer(),
  },
});
export type ExportedPerson = InferEntity<typeof ExportedPerson>;

export const exportedPersonAudit = unaudited(ExportedPerson, 'says whom an event concerns, which has a hash of it');
