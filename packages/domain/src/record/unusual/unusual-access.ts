import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import type { RecordedFilter } from '../reading/recorded-filter.rules.ts';
import { UNUSUAL_STATES, UNUSUAL_VERDICTS, type UnusualState, type UnusualVerdict } from './unusual-state.rules.ts';
import { type Finding, UNUSUAL_KINDS, type UnusualKind } from './unusual.rules.ts';

/** One reading event that an alert rests on. */
export interface UnusualRow {
  readonly position: number;
  readonly view: string;
  /** `Type:id` of the records, the first few; the label where it is one. */
  readonly records: readonly string[];
  readonly label: string | null;
  readonly from: string;
  readonly to: string;
  readonly times: number;
  readonly rows: number;
  /** Of how many different people; rows that were kept earlier don't say it. */
  readonly people?: number;
  readonly exported: number;
  readonly filter: RecordedFilter | null;
}

export const KIND_LABELS: Readonly<Record<UnusualKind, string>> = {
  many_records: 'Many records',
  many_rows: 'Many rows',
  many_people: 'Many people',
  large_export: 'Large export',
  odd_hours: 'Unusual hours',
  other_area: 'Another area',
};

/** AUD-30: that somebody read otherwise than they usually do, with what that rests on, until another says why. */
export const UnusualAccess = defineEntity({
  name: 'UnusualAccess',
  tableName: 'unusual_accesses',
  indexes: [{ properties: ['reader', 'kind', 'noticedAt'] }, { properties: ['state', 'noticedAt'] }],
  checks: [
    {
      name: 'unusual_accesses_explained_by_somebody',
      expression: "(state = 'explained') = (explained_at is not null) and (state = 'explained') = (verdict is not null)",
    },
  ],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    reader: p.uuid(),
    kind: p.enum(UNUSUAL_KINDS),
    /** 1, and one more each time that it doubled. */
    level: p.integer(),
    count: p.integer(),
    allowed: p.integer(),
    usual: p.integer().nullable(),
    about: p.json<Finding['about']>(),
    /** The newest ones; `moreRows` weren't kept. */
    rows: p.json<readonly UnusualRow[]>(),
    moreRows: p.integer(),
    timeZone: p.string().length(64),
    noticedAt: p.datetime(3),
    lastAt: p.datetime(3),
    state: p.enum(UNUSUAL_STATES).default('open'),
    /** What whoever explained it says of it: only what was right becomes a habit. */
    verdict: p.enum(UNUSUAL_VERDICTS).nullable(),
    explainedBy: p.uuid().nullable(),
    explainedAt: p.datetime(3).nullable(),
    note: p.string().length(500).nullable(),
    version: p.integer().version(),
  },
});
export type UnusualAccess = InferEntity<typeof UnusualAccess>;

const FOUND = ['reader', 'kind', 'level', 'count', 'allowed', 'usual', 'about', 'rows', 'moreRows', 'timeZone', 'lastAt'] as const;

export const unusualAccessAudit = audited(UnusualAccess, {
  // Not with what was read: pages about the business leave that out, and this is for somebody to look at.
  area: 'access',
  label: 'Unusual access',
  carries: ['kind'],
  title: ({ kind }) => `Unusual access: ${KIND_LABELS[kind as UnusualKind] ?? kind}`,
  // Whose reading it is learns of it from others: the event has no subject, and is seen by those who see everything.
  fields: {
    id: never('the key, which every event names as its target'),
    reader: { label: 'Reader', kind: 'reference' },
    kind: { label: 'Kind', kind: 'enum', values: KIND_LABELS },
    level: { label: 'Level', kind: 'number' },
    count: { label: 'Count', kind: 'number' },
    allowed: { label: 'Limit', kind: 'number' },
    usual: { label: 'Usual', kind: 'number' },
    about: { label: 'Compared With', kind: 'json' },
    rows: { label: 'Rests On', kind: 'json' },
    moreRows: { label: 'Further Rows', kind: 'number' },
    timeZone: { label: 'Time Zone', kind: 'text' },
    noticedAt: never('the time of the event of the creation'),
    lastAt: { label: 'Last Read', kind: 'time' },
    state: { label: 'State', kind: 'enum', values: { open: 'Open', explained: 'Explained' } satisfies Record<UnusualState, string> },
    verdict: { label: 'Verdict', kind: 'enum', values: { right: 'Right', wrong: 'Not right' } satisfies Record<UnusualVerdict, string> },
    explainedBy: never('who did it, as the event of the explanation says'),
    explainedAt: never('the time of the event of the explanation'),
    note: never('the reason of the event of the explanation'),
    version: never('counts the changes, which are recorded themselves'),
  },
  actions: {
    vocabulary: {
      unusual_access_noticed: {
        label: 'Unusual access noticed',
        description:
          'Somebody read otherwise than they usually do: many records, rows or people, a large export, at unusual hours, or in another area.',
      },
      unusual_access_grew: {
        label: 'Unusual access went on',
        description: 'What was noticed of somebody’s reading has doubled since it was told.',
      },
      unusual_access_explained: {
        label: 'Unusual access explained',
        description: 'Somebody else looked at what was unusual, and said why it was.',
        needsReason: true,
      },
      unusual_access_changed: { label: 'Unusual access changed' },
    },
    general: ({ operation }) => (operation === 'create' ? 'unusual_access_noticed' : 'unusual_access_changed'),
    rules: [
      {
        action: 'unusual_access_grew',
        claims: [...FOUND, 'state', 'verdict'],
        when: ({ operation, row, before }) => operation === 'update' && Number(row.level) > Number(before?.level),
      },
      {
        action: 'unusual_access_explained',
        claims: ['state', 'verdict'],
        when: ({ operation, row, before }) => operation === 'update' && before?.state === 'open' && row.state === 'explained',
      },
    ],
  },
});
