import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { Timecard } from './timecard.ts';

/**
 * Which change set made which version of a card. A version is a number and the trail knows change sets: this is what
 * lets a refusal name everything that was changed since the version that somebody read.
 */
export const TimecardVersion = defineEntity({
  name: 'TimecardVersion',
  tableName: 'timecard_versions',
  properties: {
    timecard: () => p.manyToOne(Timecard).primary().deleteRule('cascade'),
    version: p.integer().primary(),
    changeId: p.uuid(),
  },
});
export type TimecardVersion = InferEntity<typeof TimecardVersion>;

export const timecardVersionAudit = unaudited(TimecardVersion, 'says which recorded change set made a version, and nothing else');
