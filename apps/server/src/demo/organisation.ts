import type { Role } from '@countersign/domain/people/rights/permissions';
import type { ResponsibilityKind } from '@countersign/domain/people/responsibility';
import { ACCOUNTS, type Account } from './accounts.ts';
import type { Chance } from './chance.ts';
import { HABITS, type Habit, type HabitName } from './habits.ts';
import { mailName, NAMES } from './names.ts';
import { SITES, type SiteName } from './sites.ts';

/** Where the demo's people work. */
export interface DemoSite {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
}

/** Somebody of the demo. */
export interface Person {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phoneNumber: string | null;
  readonly role: Role;
  readonly level: number;
  readonly site: DemoSite;
  /** Null for who records no hours. */
  readonly habit: Habit | null;
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** That somebody is responsible for a person or a site, by ids. */
export interface Charge {
  readonly id: string;
  readonly holder: string;
  readonly kind: ResponsibilityKind;
  readonly person: string | null;
  readonly site: string | null;
}

export interface Organisation {
  readonly sites: Readonly<Record<SiteName, DemoSite>>;
  readonly people: readonly Person[];
  readonly charges: readonly Charge[];
  /** Whom visitors sign in as. */
  readonly accounts: Readonly<Record<keyof typeof ACCOUNTS, Person>>;
}

type Post = readonly [role: Role, site: SiteName, habit: HabitName | null, count: number, level?: number];

/** Who works where and how, besides those whom visitors sign in as. */
const POSTS: readonly Post[] = [
  ['admin', 'newYork', null, 1, 5],
  ['manager', 'berlin', null, 1, 4],
  ['manager', 'newYork', null, 1, 4],
  ['in_house', 'lisbon', null, 1, 2],
  ['in_house', 'newYork', null, 2, 3],
  ['supervisor', 'berlin', 'late', 1, 2],
  ['supervisor', 'lisbon', 'office', 1, 3],
  ['supervisor', 'newYork', 'office', 1, 3],
  ['supervisor', 'newYork', 'late', 1, 2],
  ['coordinator', 'berlin', null, 1, 2],
  ['coordinator', 'newYork', null, 1, 3],
  ['talent_escort', 'berlin', 'escort', 2],
  ['talent_escort', 'lisbon', 'escort', 2],
  ['talent_escort', 'newYork', 'escort', 3, 2],
  ['worker', 'berlin', 'early', 1],
  ['worker', 'berlin', 'regular', 2],
  ['worker', 'berlin', 'thorough', 1, 2],
  ['worker', 'berlin', 'nights', 2],
  ['worker', 'berlin', 'extra', 2],
  ['worker', 'lisbon', 'regular', 2, 2],
  ['worker', 'lisbon', 'relaxed', 2],
  ['worker', 'lisbon', 'nights', 1],
  ['worker', 'lisbon', 'partTime', 2],
  ['worker', 'lisbon', 'shows', 1],
  ['worker', 'newYork', 'early', 2, 2],
  ['worker', 'newYork', 'regular', 1],
  ['worker', 'newYork', 'nights', 2],
  ['worker', 'newYork', 'partTime', 1],
  ['worker', 'newYork', 'shows', 2],
  ['worker', 'newYork', 'extra', 1],
  ['member', 'berlin', null, 1],
  ['member', 'lisbon', null, 2],
  ['member', 'newYork', null, 2],
  ['lending_admin', 'lisbon', null, 1],
  ['lending_admin', 'newYork', null, 1],
  ['borrowing_admin', 'berlin', null, 1],
  ['borrowing_admin', 'newYork', null, 1],
];

/** Everybody, everywhere, and who is responsible for whom. */
export function organisationOf(chance: Chance): Organisation {
  const sites = sitesOf(chance.fork('sites'));
  const accounts = accountsOf(sites, chance);
  const taken = Object.values(accounts);
  const crew = crewOf(sites, chance);
  const people = [...taken, ...crew];
  return { sites, people, accounts, charges: chargesOf({ sites, people, accounts }, chance.fork('charges')) };
}

function sitesOf(chance: Chance): Organisation['sites'] {
  const site = (name: SiteName): DemoSite => ({ id: chance.uuid(), ...SITES[name] });
  return { berlin: site('berlin'), lisbon: site('lisbon'), newYork: site('newYork') };
}

function accountsOf(sites: Organisation['sites'], chance: Chance): Organisation['accounts'] {
  const made = (account: Account): Person => personOf({ ...account, site: sites[account.site], siteName: account.site }, chance);
  return Object.fromEntries(Object.entries(ACCOUNTS).map(([key, account]) => [key, made(account)])) as Record<
    keyof typeof ACCOUNTS,
    Person
  >;
}

function crewOf(sites: Organisation['sites'], chance: Chance): Person[] {
  const names = chance.fork('names').some(NAMES, NAMES.length);
  const posts = POSTS.flatMap((post) => Array.from({ length: post[3] }, () => post));
  return posts.map(([role, siteName, habit, , level = 1], n) => {
    const name = names[n];
    if (!name) throw new RangeError('there are more posts than names');
    const email = `${mailName(...name)}@example.com` as const;
    return personOf({ name, email, role, level, habit, site: sites[siteName], siteName }, chance);
  });
}

type Particulars = Omit<Account, 'site'> & { readonly site: DemoSite; readonly siteName: SiteName };

function personOf({ name: [firstName, lastName], habit, siteName, ...same }: Particulars, chance: Chance): Person {
  const own = chance.fork(same.email);
  return {
    ...same,
    id: own.uuid(),
    firstName,
    lastName,
    habit: habit && HABITS[habit],
    phoneNumber: own.happens(0.8) ? PHONES[siteName](own) : null,
    // Addresses that are set aside for examples: nobody's.
    ipAddress: `${NETWORKS[siteName]}.${own.int(2, 250)}`,
    userAgent: own.pick(BROWSERS),
  };
}

/** Numbers that are set aside for films where the country has such. */
const PHONES: Readonly<Record<SiteName, (chance: Chance) => string>> = {
  berlin: (chance) => `+49 30 23125 ${chance.int(100, 999)}`,
  lisbon: (chance) => `+351 210 000 ${chance.int(100, 999)}`,
  newYork: (chance) => `+1 212 555 01${chance.int(10, 99)}`,
};

const NETWORKS: Readonly<Record<SiteName, string>> = { berlin: '192.0.2', lisbon: '198.51.100', newYork: '203.0.113' };

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
];

/** Each site has its supervisor; others supervise single people besides, and coordinators coordinate some of their site. */
function chargesOf({ sites, people, accounts }: Omit<Organisation, 'charges'>, chance: Chance): Charge[] {
  const visited = new Set<Person>(Object.values(accounts));
  const crewAt = (site: DemoSite) => people.filter((person) => person.site === site && isCrew(person));
  const others = (site: DemoSite, count: number) =>
    chance.some(
      crewAt(site).filter((person) => !visited.has(person)),
      count,
    );
  const charge = (holder: Person, what: Pick<Charge, 'person' | 'site'>): Charge => ({
    id: chance.uuid(),
    holder: holder.id,
    kind: kindOf(holder),
    ...what,
  });
  const forSite = (holder: Person) => [charge(holder, { person: null, site: holder.site.id })];
  const forPeople = (holder: Person, charged: readonly Person[]) => charged.map(({ id }) => charge(holder, { person: id, site: null }));
  const supervisors = people.filter(({ role }) => role === 'supervisor');
  const first = Object.values(sites).map((site) => supervisors.find((person) => person.site === site)) as Person[];
  const second = supervisors.filter((person) => !first.includes(person));
  const coordinators = people.filter(({ role }) => role === 'coordinator');
  return [
    ...first.flatMap(forSite),
    ...forPeople(accounts.supervisor, [...others(sites.lisbon, 3), ...others(sites.newYork, 2)]),
    ...second.flatMap((holder) => forPeople(holder, others(holder.site, 4))),
    ...coordinators.flatMap((holder) => forPeople(holder, chance.some(crewAt(holder.site), 5))),
  ];
}

const kindOf = (holder: Person): ResponsibilityKind => (holder.role === 'coordinator' ? 'coordinates' : 'supervises');

/** Whose hours supervisors decide about; those of everybody else are a manager's to decide. */
const isCrew = ({ role }: Person) => role === 'worker' || role === 'talent_escort';

/** Who decides about somebody's timecards: who is responsible for them, or for the site, else a manager. Never they themselves. */
export function decidersOf({ people, charges }: Pick<Organisation, 'people' | 'charges'>, owner: Person): Person[] {
  const holders = charges
    .filter(({ kind, person, site }) => kind === 'supervises' && (person === owner.id || site === owner.site.id))
    // Who supervises the person stands nearer to them than who supervises the site.
    .toSorted((one, other) => Number(other.person !== null) - Number(one.person !== null))
    .map(({ holder }) => people.find((person) => person.id === holder))
    .filter((person) => person !== undefined && person !== owner) as Person[];
  return isCrew(owner) && holders.length ? holders : people.filter((person) => person.role === 'manager' && person !== owner);
}
