import { defineEntity, p, type EntityManager, type InferEntity } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../../clock.ts';

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

/** The highest limit of people that can be set: what a habit makes of it, five times as much at most, must be fewer than a window counts. */
export const MOST_UNUSUAL_PEOPLE = 900;

/** Every setting with its default: what isn't in the table has this value. */
const settingsSchema = z.object({
  /** AC-2: whether in-house staff see the whole log, or only what is their own. */
  inHouseSeesEverything: z.boolean().default(true),
  /** AC-7: whether an admin who looks at the system as somebody else may change something as them. */
  writeAsAnother: z.boolean().default(false),
  /** TC-3: hours in a day beyond which they are overtime. */
  dailyOvertimeAfter: z.number().positive().max(24).default(8),
  /** TC-3: of the others, hours in a week beyond which they are overtime. */
  weeklyOvertimeAfter: z.number().positive().max(168).default(40),
  /** TC-1: 1 is Monday, 7 is Sunday. */
  weekBeginsOn: z.number().int().min(1).max(7).default(1),
  /** AUD-30: different records of others within an hour beyond which that is unusual, while nobody knows what is usual for somebody. */
  unusualRecords: z.number().int().min(1).max(100_000).default(100),
  /** AUD-30: of rows of the log about others within an hour, likewise. */
  unusualRows: z.number().int().min(1).max(10_000_000).default(10_000),
  /** AUD-30: of different people whose records were read or taken away within an hour, likewise. */
  unusualPeople: z.number().int().min(1).max(MOST_UNUSUAL_PEOPLE).default(250),
  /** AUD-30: of records that leave as files within a day, likewise. */
  unusualExports: z.number().int().min(1).max(10_000_000).default(300),
  /** AUD-30: how many times the most of the past weeks is unusual. */
  unusualTimes: z.number().min(1).max(100).default(3),
  /** AUD-30: hours between an unusual hour and the nearest usual one. */
  unusualHoursApart: z.number().int().min(1).max(12).default(3),
  /** AUD-30: records read at such an hour, or in another area, before anybody is told. */
  unusualFewest: z.number().int().min(1).max(10_000).default(3),
});
export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({});

/** In an event's metadata: what was in force before, of a setting that had no row. JSON text. */
export const IN_FORCE_BEFORE = 'in_force_before';

/** Those that decide what people may see and do; admins change them on the page of rights. */
export const SETTINGS_OF_RIGHTS = ['inHouseSeesEverything', 'writeAsAnother'] as const satisfies readonly (keyof Settings)[];

/** What a setting of rights means, and what becomes of that when it is turned. */
interface RightsWords {
  readonly about: string;
  readonly turnedOn: string;
  readonly turnedOff: string;
}

export const RIGHTS_WORDS: Readonly<Record<(typeof SETTINGS_OF_RIGHTS)[number], RightsWords>> = {
  inHouseSeesEverything: {
    about: 'Otherwise they see what they did themselves, and what was done to records of their own.',
    turnedOn: 'In-house staff will see everybody’s events again, with the values of sensitive fields.',
    turnedOff: 'In-house staff will see only what they did themselves, and what was done to records of their own.',
  },
  writeAsAnother: {
    about: 'Otherwise they look, and change nothing. How somebody signs in is never changed as them.',
    turnedOn: 'Admins can do in somebody’s name what that person may do; each event bears both names.',
    turnedOff: 'Admins who look at the system as somebody else will change nothing meanwhile.',
  },
};

export const SETTING_LABELS: Readonly<Record<keyof Settings, string>> = {
  inHouseSeesEverything: 'In-house staff see the whole log',
  writeAsAnother: 'Admins may write as somebody else',
  dailyOvertimeAfter: 'Hours in a day beyond which they are overtime',
  weeklyOvertimeAfter: 'Hours in a week beyond which they are overtime',
  weekBeginsOn: 'The day on which a week begins',
  unusualRecords: 'Different records read within an hour beyond which it is unusual',
  unusualRows: 'Rows about others read within an hour beyond which it is unusual',
  unusualPeople: 'Different people whose records are read within an hour beyond which it is unusual',
  unusualExports: 'Records exported within a day beyond which it is unusual',
  unusualTimes: 'How many times the most of the past weeks is unusual',
  unusualHoursApart: 'Hours from the usual ones at which reading is unusual',
  unusualFewest: 'Records read at unusual hours or elsewhere before anybody is told',
};

const isSetting = (name: string | null | undefined): name is keyof Settings => name != null && Object.hasOwn(SETTING_LABELS, name);

export const settingAudit = audited(Setting, {
  area: 'people',
  label: 'Setting',
  carries: ['name'],
  title: ({ name }) => `Setting “${isSetting(name) ? SETTING_LABELS[name] : name}”`,
  fields: {
    name: never('the key, which every event names as its target'),
    value: { label: 'Value', kind: 'json' },
    version: never('counts the changes, which are recorded themselves'),
    updatedAt: never('the time of the latest event'),
  },
  actions: {
    vocabulary: { setting_changed: { label: 'Setting changed' } },
    general: 'setting_changed',
    rules: [
      {
        action: 'setting_changed',
        claims: ['value'],
        when: ({ operation, row }) => operation === 'create' && isSetting(row.name),
        // Whoever changes a setting for the first time changes its default, which stands in no row.
        metadata: ({ row }) => ({ [IN_FORCE_BEFORE]: isSetting(row.name) ? JSON.stringify(DEFAULT_SETTINGS[row.name]) : null }),
      },
    ],
  },
});

/** The settings as they stand; one small query. @throws ZodError where somebody wrote a value that can't be, naming it. */
export async function settingsOf(em: EntityManager): Promise<Settings> {
  const rows = await em.fork().findAll(Setting);
  return settingsSchema.parse(Object.fromEntries(rows.map((row) => [row.name, row.value])));
}
