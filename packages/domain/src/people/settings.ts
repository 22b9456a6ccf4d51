import { defineEntity, p, type EntityManager, type InferEntity } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../clock.ts';

/** One setting of the organisation that differs from its default. */
export const Setting = defineEntity({
  name: 'Setting',
  tableName: 'settings',
  properties: {
    name: p.string().length(100).primary(),
    value: p.json<z.core.util.JSONType>(),
    version: p.integer().version(),
    updatedAt: p.datetime(3).onCreate(now).onUpdate(now).defaultRaw('now()'),
  },
});
export type Setting = InferEntity<typeof Setting>;

export const settingAudit = audited(Setting, {
  area: 'people',
  label: 'Setting',
  carries: ['name'],
  title: (row) => `Setting ${row.name}`,
  fields: {
    name: never('the key, which every event names as its target'),
    value: { label: 'Value', kind: 'json' },
    version: never('counts the changes, which are recorded themselves'),
    updatedAt: never('the time of the latest event'),
  },
  actions: { vocabulary: { setting_changed: { label: 'Setting changed' } }, general: 'setting_changed' },
});

/** Every setting with its default: what isn't in the table has this value. */
const settingsSchema = z.object({
  /** AC-2: whether in-house staff see the whole log, or only what is their own. */
  inHouseSeesEverything: z.boolean().default(true),
  /** TC-3: hours in a day beyond which they are overtime. */
  dailyOvertimeAfter: z.number().positive().max(24).default(8),
  /** TC-3: of the others, hours in a week beyond which they are overtime. */
  weeklyOvertimeAfter: z.number().positive().max(168).default(40),
  /** TC-1: 1 is Monday, 7 is Sunday. */
  weekBeginsOn: z.number().int().min(1).max(7).default(1),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Those that decide what people may see and do; admins change them on the page of rights. */
export const SETTINGS_OF_RIGHTS = ['inHouseSeesEverything'] as const satisfies readonly (keyof Settings)[];

/** What they are called, and what they mean. */
export const RIGHTS_WORDS: Readonly<Record<(typeof SETTINGS_OF_RIGHTS)[number], { readonly label: string; readonly about: string }>> = {
  inHouseSeesEverything: {
    label: 'In-house staff see the whole log',
    about: 'Otherwise they see what they did themselves, and what was done to records of their own.',
  },
};

export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({});

/** The settings as they stand; one small query. @throws ZodError where somebody wrote a value that can't be, naming it. */
export async function settingsOf(em: EntityManager): Promise<Settings> {
  const rows = await em.fork().findAll(Setting);
  return settingsSchema.parse(Object.fromEntries(rows.map((row) => [row.name, row.value])));
}
