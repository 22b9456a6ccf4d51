import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { REASON_USES } from './given-reason.rules.ts';

/**
 * TC-10: a reason that people pick when they change somebody's hours. What they picked is written out with the change,
 * so that renaming or retiring one changes nothing that was recorded; none is ever deleted.
 */
export const Reason = defineEntity({
  name: 'Reason',
  tableName: 'reasons',
  checks: [
    {
      name: 'reasons_offered_for_known_uses',
      expression: `offered_for <@ array[${REASON_USES.map((use) => `'${use}'`).join(', ')}] and cardinality(offered_for) > 0`,
    },
    { name: 'reasons_label_is_one_line', expression: "label !~ '[[:cntrl:]:]' and length(label) >= 3" },
  ],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    label: p.string().length(80).unique(),
    offeredFor: p.array(),
    active: p.boolean().default(true),
    /** Where it stands in the list; gaps mean nothing. */
    rank: p.integer(),
    version: p.integer().version(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    updatedAt: p.datetime(3).onCreate(now).onUpdate(now).defaultRaw('now()'),
  },
});
export type Reason = InferEntity<typeof Reason>;

export const reasonAudit = audited(Reason, {
  area: 'people',
  label: 'Reason',
  carries: ['label'],
  title: (row) => `Reason “${row.label}”`,
  needsPerson: true,
  fields: {
    id: never('the key, which every event names as its target'),
    label: { label: 'Reason', kind: 'text' },
    offeredFor: { label: 'Offered For', kind: 'members' },
    active: { label: 'Active', kind: 'boolean' },
    rank: { label: 'Rank', kind: 'number' },
    version: never('counts the changes, which are recorded themselves'),
    createdAt: never('the time of the event of the creation'),
    updatedAt: never('the time of the latest event'),
  },
  actions: {
    vocabulary: {
      reason_created: { label: 'Reason added' },
      reason_changed: { label: 'Reason changed' },
      reason_retired: { label: 'Reason retired', description: 'It is offered no more; what it was given for keeps it.' },
      reason_restored: { label: 'Reason restored' },
    },
    general: ({ operation }) => (operation === 'create' ? 'reason_created' : 'reason_changed'),
    rules: [
      { action: 'reason_retired', claims: ['active'], when: ({ operation, row }) => operation === 'update' && row.active === 'false' },
      { action: 'reason_restored', claims: ['active'], when: ({ operation, row }) => operation === 'update' && row.active === 'true' },
    ],
  },
});
