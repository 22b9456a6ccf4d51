import type { EntityManager } from '@mikro-orm/postgresql';
import { mailAddress } from '../../people/mail-address.rules.ts';
import type { Book } from './rows.rules.ts';
import { SiteClock } from './site-clock.rules.ts';
import { shown, type Read } from './written-times.rules.ts';

/** Who and what the words of a file can mean, as the organisation stands. */
export interface Directory extends Book {
  readonly timeZoneOf: (site: string) => string;
  /** Why nobody may make a card for this person; null where one may. */
  readonly refusesNew: (person: string) => string | null;
}

interface PersonRow {
  id: string;
  email: string;
  first_name: string;
  last_name: string;
  disabled: boolean;
}

interface SiteRow {
  id: string;
  name: string;
  time_zone: string;
}

const AMBIGUOUS = Symbol('two of the same name');

/** Names as they are compared: without regard to case, width and double spaces; mail addresses as they are when somebody signs in. */
function same(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return plain.includes('@') ? mailAddress(text) : plain;
}

/** Everybody and every site, read once for a file. */
export async function readBook(em: EntityManager): Promise<Directory> {
  const people = await em.execute<PersonRow[]>(
    'select id, email, first_name, last_name, disabled_at is not null as disabled from profiles',
  );
  const sites = await em.execute<SiteRow[]>('select id, name, time_zone from sites');
  const clocks = new Map<string, SiteClock>();
  const zones = new Map(sites.map(({ id, time_zone }) => [id, time_zone]));
  const disabled = new Set(people.flatMap(({ id, disabled }) => (disabled ? [id] : [])));
  const timeZoneOf = (site: string) => zones.get(site) ?? 'UTC';
  return {
    person: lookUp(people, wordsFor, noPerson),
    site: lookUp(sites, ({ id, name }) => [id, name], noSite(sites)),
    timeZoneOf,
    refusesNew: (person) =>
      disabled.has(person)
        ? 'This person is disabled and records no hours any more: take the line out, or have the account enabled.'
        : null,
    clockOf: (site) => {
      const zone = timeZoneOf(site);
      const known = clocks.get(zone) ?? new SiteClock(zone);
      clocks.set(zone, known);
      return known;
    },
  };
}

const wordsFor = ({ id, email, first_name: first, last_name: last }: PersonRow) => [
  id,
  email,
  `${first} ${last}`,
  `${last}, ${first}`,
  `${last} ${first}`,
];

interface Missing {
  readonly unknown: (words: string) => string;
  readonly ambiguous: (words: string) => string;
}

const noPerson: Missing = {
  unknown: (words) =>
    `There is nobody called "${shown(words)}": write the mail address with which the person is known here, or make an account for them first.`,
  ambiguous: (words) => `More than one person is called "${shown(words)}": write the mail address instead.`,
};

const noSite = (sites: readonly SiteRow[]): Missing => ({
  unknown: (words) =>
    `There is no site called "${shown(words)}". The sites are ${
      sites
        .map(({ name }) => name)
        .slice(0, 20)
        .join(', ') || 'not made yet'
    }.`,
  ambiguous: (words) => `More than one site is called "${shown(words)}".`,
});

function lookUp<Record extends { readonly id: string }>(
  records: readonly Record[],
  wordsOf: (record: Record) => readonly string[],
  missing: Missing,
): (words: string) => Read<string> {
  const known = new Map<string, string | typeof AMBIGUOUS>();
  for (const record of records) {
    for (const words of new Set(wordsOf(record).map(same))) {
      const before = known.get(words);
      known.set(words, before === undefined || before === record.id ? record.id : AMBIGUOUS);
    }
  }
  return (words) => {
    const found = known.get(same(words));
    if (found === undefined) return { wrong: missing.unknown(words) };
    return found === AMBIGUOUS ? { wrong: missing.ambiguous(words) } : { value: found };
  };
}
