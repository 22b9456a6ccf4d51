import { defineEntity, p } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';

/** How much of something was used up until a moment, such as calls of one person: nodes count together here. */
export const RateCount = defineEntity({
  name: 'RateCount',
  tableName: 'rate_counts',
  properties: {
    key: p.string().length(255).primary(),
    points: p.integer(),
    /** Milliseconds since 1970; rows are deleted some time after it. */
    expire: p.bigint('number').nullable(),
  },
});

export const rateCountAudit = unaudited(RateCount, 'counts what is asked, for minutes; who fails to sign in is an event of its own');
