import { USUAL_REASONS } from '@countersign/domain/timecards/usual-reasons.rules';
import { addDays, instantAt, later } from './calendar.ts';
import type { Chance } from './chance.ts';
import { zoneOf } from './history.ts';
import type { Organisation, Person } from './organisation.ts';
import type { Week } from './scenes.ts';
import type { ProfileChanges, Step } from './step.ts';

/** How the organisation is made, on the Thursday and Friday before the first week: an admin at the terminal, and all others by that admin. */
export function foundingSteps({ sites, people, charges, accounts }: Organisation, firstMonday: string): Step[] {
  const { admin } = accounts;
  const thursday = instantAt(addDays(firstMonday, -4), 9 * 60 + 12, zoneOf(admin));
  const friday = instantAt(addDays(firstMonday, -3), 10 * 60 + 41, zoneOf(admin));
  const visited = new Set<Person>(Object.values(accounts));
  const staff = people.filter((person) => visited.has(person) && person !== admin);
  const crew = people.filter((person) => !visited.has(person));
  const byAdmin = { actor: admin.id, channel: 'web' } as const;
  return [
    { kind: 'people', at: thursday, actor: null, channel: 'cli', people: [admin] },
    { kind: 'people', at: later(thursday, 6), ...byAdmin, people: staff },
    { kind: 'sites', at: later(thursday, 14), ...byAdmin, sites: Object.values(sites) },
    ...USUAL_REASONS.map((reason, n): Step => ({ kind: 'reason', at: later(thursday, 20 + n), ...byAdmin, reason })),
    { kind: 'people', at: friday, ...byAdmin, channel: 'import', people: crew },
    { kind: 'charges', at: later(friday, 23), ...byAdmin, charges },
  ];
}

/** Somebody who leaves the organisation, and the last week in which they work. */
export function leaverOf({ people }: Organisation): { readonly person: Person; readonly lastWeek: number } {
  const person = people.findLast(({ role, habit }) => role === 'worker' && habit?.cards === 'day');
  if (!person) throw new RangeError('nobody could leave');
  return { person, lastWeek: 3 };
}

/** What changes about people while they work. */
export function profileSteps(organisation: Organisation, weeks: readonly Week[], chance: Chance): Step[] {
  const { people, accounts } = organisation;
  const leaver = leaverOf(organisation);
  const visited = new Set<Person>(Object.values(accounts));
  const workers = people.filter((person) => person.role === 'worker' && !visited.has(person) && person !== leaver.person);
  const [moved, married, promoted] = chance.some(workers, 3) as [Person, Person, Person];
  const change = (
    weeksAgo: number,
    weekday: number,
    person: Person,
    what: { readonly changes: ProfileChanges; readonly reason: string },
  ): Step => {
    const monday = weeks.find((week) => week.weeksAgo === weeksAgo)?.monday ?? '';
    const at = instantAt(addDays(monday, weekday - 1), chance.int(9 * 60, 16 * 60), zoneOf(accounts.admin));
    return { kind: 'profile', at, actor: accounts.admin.id, channel: 'web', person: person.id, ...what };
  };
  return [
    change(5, 3, moved, { changes: { phoneNumber: `+44 7700 900${chance.int(100, 999)}` }, reason: 'New number, told us by mail' }),
    change(4, 2, married, { changes: { lastName: `${married.lastName}-Castro` }, reason: 'Married; certificate seen' }),
    change(3, 4, promoted, { changes: { level: promoted.level + 1 }, reason: 'Passed the rigging course' }),
    change(leaver.lastWeek - 1, 3, leaver.person, { changes: { disabled: true }, reason: 'Contract ended, badge returned' }),
  ];
}
