import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { Site } from './site.ts';
import { User } from './user.ts';

/** How somebody is responsible: a supervisor supervises, a coordinator coordinates. */
export const RESPONSIBILITY_KINDS = ['supervises', 'coordinates'] as const;
export type ResponsibilityKind = (typeof RESPONSIBILITY_KINDS)[number];

/** That somebody is responsible for one person, or for everybody at one site. Made and ended, never changed. */
export const Responsibility = defineEntity({
  name: 'Responsibility',
  tableName: 'responsibilities',
  checks: [
    { name: 'responsibilities_person_or_site', expression: 'num_nonnulls(person_id, site_id) = 1' },
    { name: 'responsibilities_not_for_oneself', expression: 'holder_id <> person_id' },
  ],
  uniques: [
    { name: 'responsibilities_person_once', properties: ['holder', 'kind', 'person'] },
    { name: 'responsibilities_site_once', properties: ['holder', 'kind', 'site'] },
  ],
  indexes: [{ properties: ['person'] }, { properties: ['site'] }],
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    holder: () => p.manyToOne(User).deleteRule('cascade'),
    kind: p.enum(RESPONSIBILITY_KINDS),
    person: () => p.manyToOne(User).nullable().deleteRule('cascade'),
    site: () => p.manyToOne(Site).nullable().deleteRule('cascade'),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
});
export type Responsibility = InferEntity<typeof Responsibility>;

export const responsibilityAudit = audited(Responsibility, {
  area: 'people',
  label: 'Responsibility',
  carries: ['holder', 'kind', 'site'],
  // Of its holder's profile: it decides what they see.
  root: 'holder',
  title: (row) => `${row.kind === 'coordinates' ? 'Coordination' : 'Supervision'} of a ${row.site ? 'site' : 'person'}`,
  fields: {
    id: never('the key, which every event names as its target'),
    holder: { label: 'Holder', kind: 'reference' },
    kind: {
      label: 'Kind',
      kind: 'enum',
      values: { supervises: 'Supervises', coordinates: 'Coordinates' } satisfies Record<ResponsibilityKind, string>,
    },
    person: { label: 'Person', kind: 'reference' },
    site: { label: 'Site', kind: 'reference' },
    createdAt: never('the time of the event of the creation'),
  },
  actions: {
    vocabulary: {
      responsibility_assigned: { label: 'Responsibility assigned' },
      responsibility_changed: { label: 'Responsibility changed' },
      responsibility_ended: { label: 'Responsibility ended' },
    },
    general: ({ operation }) =>
      operation === 'create' ? 'responsibility_assigned' : operation === 'delete' ? 'responsibility_ended' : 'responsibility_changed',
  },
});
