import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../clock.ts';

/** A place where people work. */
export const Site = defineEntity({
  name: 'Site',
  tableName: 'sites',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => crypto.randomUUID()),
    name: p.string().length(200).unique(),
    /** The zone that new timecards of this site take; a card keeps the one that it was made with. */
    timeZone: p.string().length(64),
    version: p.integer().version(),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
    updatedAt: p.datetime(3).onCreate(now).onUpdate(now).defaultRaw('now()'),
  },
});
export type Site = InferEntity<typeof Site>;

/** The organisational unit that the events of a site's records carry, and that a supervisor's visibility names. */
export const siteScope = (id: string): string => `site:${id}`;

/** The site that such a unit is; null for any other unit. */
export const siteIn = (scope: string): string | null => (scope.startsWith('site:') ? scope.slice('site:'.length) : null);

export const siteAudit = audited(Site, {
  area: 'people',
  label: 'Site',
  carries: ['name'],
  title: (row) => row.name ?? 'Site',
  scopes: (row) => (row.id ? [siteScope(row.id)] : []),
  fields: {
    id: never('the key, which every event names as its target'),
    name: { label: 'Name', kind: 'text' },
    timeZone: { label: 'Time Zone', kind: 'text' },
    version: never('counts the changes, which are recorded themselves'),
    createdAt: never('the time of the event of the creation'),
    updatedAt: never('the time of the latest event'),
  },
  actions: {
    vocabulary: {
      site_created: { label: 'Site created' },
      site_updated: { label: 'Site updated' },
      site_deleted: { label: 'Site deleted' },
    },
    general: ({ operation }) => (operation === 'create' ? 'site_created' : operation === 'delete' ? 'site_deleted' : 'site_updated'),
  },
});
