import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { Uncompared } from '@countersign/audit/held-against';
import { unaudited } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { CHECK_STATES, DIFFERENCE_KINDS } from './balance.views.ts';

/** One balance: the whole log, folded and held against the live rows. */
export const BalanceCheck = defineEntity({
  name: 'BalanceCheck',
  tableName: 'balance_checks',
  checks: [{ name: 'balance_checks_ended_with_time', expression: "(status = 'running') = (finished_at is null)" }],
  indexes: [{ properties: ['startedAt'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    status: p.enum(CHECK_STATES).default('running'),
    startedAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    finishedAt: p.datetime(3).nullable(),
    /** The log's end at its first step and at its last. */
    fromPosition: p.bigint('number').nullable(),
    toPosition: p.bigint('number').nullable(),
    events: p.bigint('number').nullable(),
    records: p.bigint('number').nullable(),
    rows: p.bigint('number').nullable(),
    /** All of them; the first ones are kept. */
    differences: p.bigint('number').nullable(),
    uncompared: p.json<Readonly<Uncompared>>().nullable(),
    rowsBefore: p.bigint('number').nullable(),
    uncovered: p.json<readonly string[]>().nullable(),
    /** Why there is no result. */
    problem: p.text().nullable(),
  },
});
export type BalanceCheck = InferEntity<typeof BalanceCheck>;

export const balanceCheckAudit = unaudited(BalanceCheck, 'its result is an event of its own');

/** One difference that a balance found, without values: whoever may see those compares the record itself. */
export const BalanceDifference = defineEntity({
  name: 'BalanceDifference',
  tableName: 'balance_differences',
  indexes: [{ properties: ['check', 'rootType', 'rootId'] }],
  properties: {
    check: () => p.manyToOne(BalanceCheck).primary().deleteRule('cascade'),
    /** In the order in which they were found. */
    n: p.integer().primary(),
    kind: p.enum(DIFFERENCE_KINDS),
    type: p.text(),
    recordId: p.text(),
    label: p.text().nullable(),
    rootType: p.text().nullable(),
    rootId: p.text().nullable(),
    field: p.text().nullable(),
  },
});
export type BalanceDifference = InferEntity<typeof BalanceDifference>;

export const balanceDifferenceAudit = unaudited(BalanceDifference, 'is part of a result that is an event of its own');
