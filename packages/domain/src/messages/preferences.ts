import { defineEntity, p, type EntityManager, type InferEntity } from '@mikro-orm/postgresql';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../clock.ts';
import { User } from '../people/user.ts';
import { DEFAULT_QUIET_HOURS } from './quiet-hours.rules.ts';

/** What somebody wants to be told of, how and when. Who has no row wants what the defaults say. */
export const NotificationPreferences = defineEntity({
  name: 'NotificationPreferences',
  tableName: 'notification_preferences',
  checks: [
    { name: 'notification_preferences_from_is_time', expression: "quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'" },
    { name: 'notification_preferences_until_is_time', expression: "quiet_until ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'" },
    { name: 'notification_preferences_hours_have_length', expression: 'quiet_from <> quiet_until' },
  ],
  properties: {
    person: () => p.oneToOne(User).owner().primary().deleteRule('cascade'),
    /** Names of kinds. */
    turnedOff: p.json<readonly string[]>(),
    /** Whether messages wait at all. */
    quiet: p.boolean().default(true),
    /** `22:00`, in the person's zone. */
    quietFrom: p.string().length(5).default(DEFAULT_QUIET_HOURS.from),
    quietUntil: p.string().length(5).default(DEFAULT_QUIET_HOURS.until),
    /** Whether urgent ones come as a text message too. */
    sms: p.boolean().default(false),
    version: p.integer().version(),
    updatedAt: p.datetime(3).onCreate(now).onUpdate(now).defaultRaw('now()'),
  },
});
export type NotificationPreferences = InferEntity<typeof NotificationPreferences>;

export const preferencesAudit = audited(NotificationPreferences, {
  area: 'people',
  label: 'Notification preferences',
  title: () => 'Notification preferences',
  carries: ['person'],
  subject: (row) => row.person ?? null,
  fields: {
    person: never('the key, which every event names as its target'),
    turnedOff: { label: 'Turned Off', kind: 'json' },
    quiet: { label: 'Quiet Hours', kind: 'boolean' },
    quietFrom: { label: 'Quiet From', kind: 'text' },
    quietUntil: { label: 'Quiet Until', kind: 'text' },
    sms: { label: 'Text Messages', kind: 'boolean' },
    version: never('counts the changes, which are recorded themselves'),
    updatedAt: never('the time of the latest event'),
  },
  actions: {
    vocabulary: {
      notification_preferences_changed: {
        label: 'Notification preferences changed',
        description: 'Somebody chose what they are told of, how and when.',
      },
    },
    general: 'notification_preferences_changed',
  },
});

/** What decides whether, how and when somebody is told. */
export interface Wishes {
  readonly turnedOff: readonly string[];
  readonly quiet: boolean;
  readonly quietFrom: string;
  readonly quietUntil: string;
  readonly sms: boolean;
}

const DEFAULT_WISHES: Wishes = {
  turnedOff: [],
  quiet: true,
  quietFrom: DEFAULT_QUIET_HOURS.from,
  quietUntil: DEFAULT_QUIET_HOURS.until,
  sms: false,
};

/** The wishes of these people, by id: everybody's whom one asks for. */
export async function wishesOf(em: EntityManager, people: readonly string[]): Promise<ReadonlyMap<string, Wishes>> {
  const rows = await em.find(NotificationPreferences, { person: { $in: [...people] } });
  const chosen = new Map<string, Wishes>(rows.map((row) => [row.person.id, row]));
  return new Map(people.map((person) => [person, chosen.get(person) ?? DEFAULT_WISHES]));
}
