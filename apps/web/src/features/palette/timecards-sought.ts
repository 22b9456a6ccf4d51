import type { PersonView, SiteView, TimecardsInput } from '../../api/views.ts';
import { STATUSES } from '../timecards/timecards-search.ts';
import { beginsEach, wordsIn } from './match.ts';

interface Known {
  readonly people: readonly Pick<PersonView, 'id' | 'name'>[];
  readonly sites: readonly Pick<SiteView, 'id' | 'name'>[];
}

/** Typed letters from which on something is sought on the server. */
const LETTERS = 2;
/** Ways to understand what was typed that are tried. */
const MOST = 3;

/**
 * What timecards may be meant: `li wei approved dock` is a person, a status and a site, in any order. The server is asked
 * by id, so each typed word has to begin one of theirs.
 */
export function timecardsSought(text: string, { people, sites }: Known): TimecardsInput[] {
  const typed = wordsIn(text);
  if (typed.join('').length < LETTERS) return [];
  const status = STATUSES.filter((one) => typed.some((word) => word.length > 2 && one.startsWith(word)));
  const names = typed.filter((word) => word.length <= 2 || !status.some((one) => one.startsWith(word)));
  const base: TimecardsInput = status.length ? { status } : {};
  // A name may look like a status: whoever is called that is meant as well.
  const byStatus = status.length && !names.length ? [base] : [];
  return [
    ...byStatus,
    ...whoAndWhere(names.length ? names : typed, { people, sites }).map((one) => ({ ...(names.length && base), ...one })),
  ].slice(0, MOST);
}

function whoAndWhere(typed: readonly string[], { people, sites }: Known): { person?: string; site?: string }[] {
  const [persons, places] = [people.map(withWords), sites.map(withWords)];
  const all = (list: readonly Named[]) => list.filter(({ words }) => beginsEach(typed, words));
  const ways: { person?: string; site?: string }[] = [
    ...all(persons).map(({ id }) => ({ person: id })),
    ...all(places).map(({ id }) => ({ site: id })),
  ];
  for (const { id, words } of persons) {
    if (ways.length >= MOST) break;
    const rest = typed.filter((one) => !beginsEach([one], words));
    if (rest.length === 0 || rest.length === typed.length) continue;
    ways.push(...places.filter((place) => beginsEach(rest, place.words)).map((place) => ({ person: id, site: place.id })));
  }
  return ways.slice(0, MOST);
}

const withWords = ({ id, name }: { readonly id: string; readonly name: string }): Named => ({ id, words: wordsIn(name) });

interface Named {
  readonly id: string;
  readonly words: readonly string[];
}
