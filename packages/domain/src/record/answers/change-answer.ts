import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { User } from '../../people/user.ts';
import { VERDICTS } from './answer.rules.ts';

/** AUD-35: what somebody says to a change set of one of their records: their latest answer. */
export const ChangeAnswer = defineEntity({
  name: 'ChangeAnswer',
  tableName: 'change_answers',
  uniques: [{ properties: ['person', 'changeId', 'record'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    person: () => p.manyToOne(User).deleteRule('cascade'),
    changeId: p.uuid(),
    /** `Timecard:…`. */
    record: p.string().length(200),
    verdict: p.enum(VERDICTS),
    reason: p.string().length(500).nullable(),
    answeredAt: p.datetime(3).onCreate(now).onUpdate(now),
  },
});
export type ChangeAnswer = InferEntity<typeof ChangeAnswer>;

export const changeAnswerAudit = unaudited(ChangeAnswer, 'each answer is an event of its own, told with it; the row only knows the latest');
