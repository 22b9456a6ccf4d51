import { defineEntity, p } from '@mikro-orm/postgresql';
import { audited, never, unaudited } from '@countersign/audit/policy';

/** Sixteen columns of every common kind: the shape that all variants write. */
const properties = {
  id: p.integer().primary(),
  person: p.string(),
  site: p.string(),
  day: p.date(),
  checkIn: p.datetime(3).nullable(),
  checkOut: p.datetime(3).nullable(),
  breakStart: p.datetime(3).nullable(),
  breakEnd: p.datetime(3).nullable(),
  total: p.decimal().precision(6).scale(2).nullable(),
  overtime: p.decimal().precision(6).scale(2).nullable(),
  breakMinutes: p.integer().nullable(),
  status: p.string(),
  edited: p.boolean(),
  notes: p.text().nullable(),
  tags: p.array().nullable(),
  extra: p.json<Record<string, unknown>>().nullable(),
};
export const Card = defineEntity({ name: 'Card', tableName: 'card', properties });
/** The same, in a table whose row changes triggers record. */
export const SeenCard = defineEntity({ name: 'SeenCard', tableName: 'seen_card', properties });

const text = (label: string) => ({ label, kind: 'text' as const });

const policyOf = (entity: typeof Card | typeof SeenCard) =>
  audited(entity as typeof Card, {
    area: 'bench',
    label: 'Card',
    fields: {
      id: never('the key'),
      person: text('Person'),
      site: text('Site'),
      day: { label: 'Day', kind: 'date' },
      checkIn: { label: 'In', kind: 'time' },
      checkOut: { label: 'Out', kind: 'time' },
      breakStart: { label: 'Break from', kind: 'time' },
      breakEnd: { label: 'Break to', kind: 'time' },
      total: { label: 'Total', kind: 'hours' },
      overtime: { label: 'Overtime', kind: 'hours' },
      breakMinutes: { label: 'Break', kind: 'minutes' },
      status: { label: 'Status', kind: 'enum' },
      edited: { label: 'Edited', kind: 'boolean' },
      notes: { ...text('Notes'), sensitive: true },
      tags: { label: 'Tags', kind: 'json' },
      extra: { label: 'Extra', kind: 'json' },
    },
    carries: ['day', 'person', 'site'],
    title: (row) => `Card ${row.day}`,
    subject: (row) => row.person ?? null,
    scopes: (row) => [`site:${row.site}`],
    workDate: (row) => row.day ?? null,
    actions: {
      vocabulary: { card_edited: { label: 'Edited' }, card_closed: { label: 'Closed' } },
      general: 'card_edited',
      rules: [
        {
          action: 'card_closed',
          claims: ['status'],
          when: ({ before, row }) => before?.status === 'open' && row.status === 'closed',
          state: 'status',
        },
      ],
    },
  });
export const cardPolicy = policyOf(Card);
export const seenCardPolicy = policyOf(SeenCard);

/** What a first attempt at auditing writes: one entity for each changed field. */
export const NaiveAudit = defineEntity({
  name: 'NaiveAudit',
  tableName: 'naive_audit',
  properties: {
    id: p.bigint().primary(),
    entity: p.string(),
    entityId: p.string(),
    field: p.string(),
    oldValue: p.text().nullable(),
    newValue: p.text().nullable(),
    actor: p.string().nullable(),
    at: p.datetime(6).onCreate(() => new Date()),
  },
});

export const naivePolicy = unaudited(NaiveAudit, 'it is an audit table itself');
