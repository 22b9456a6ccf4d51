import type { EntityManager } from '@mikro-orm/postgresql';
import { fullName, User } from './user.ts';

/** Names by id. Whom nobody knows any more isn't in it. */
export type Names = ReadonlyMap<string, string>;

/** Looks the names of these people up. */
export type Lookup = (ids: readonly string[]) => Promise<Names>;

/** How many names are kept; the one that was asked for longest ago goes first. */
const MAX_NAMES = 50_000;

/** How long a name may be out of date where nobody told of its change, such as another node's. Milliseconds. */
const MAX_AGE = 60_000;

interface Known {
  /** Null for an id that nobody has. */
  readonly name: string | null;
  readonly since: number;
}

/** The names of people, which stand in no event: looked up together, kept for a minute. */
export class Directory {
  readonly #lookup: Lookup;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();

  constructor(lookup: Lookup, now: () => number = Date.now) {
    this.#lookup = lookup;
    this.#now = now;
  }

  /** The names of these people; an id without a person is left out. */
  async get(ids: Iterable<string>): Promise<Names> {
    const wanted = new Set(ids);
    const missing = [...wanted].filter((id) => !this.#fresh(id));
    if (missing.length) await this.#read(missing);
    const names = new Map<string, string>();
    for (const id of wanted) {
      const name = this.#known.get(id)?.name;
      if (name) names.set(id, name);
    }
    return names;
  }

  /** Has the next look-up ask again: call it for the target of each event about a `User`. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  #fresh(id: string): boolean {
    const known = this.#known.get(id);
    return known !== undefined && this.#now() - known.since < MAX_AGE;
  }

  async #read(ids: readonly string[]): Promise<void> {
    const names = await this.#lookup(ids);
    const since = this.#now();
    for (const id of ids) {
      this.#known.delete(id);
      this.#known.set(id, { name: names.get(id) ?? null, since });
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_NAMES) break;
      this.#known.delete(oldest);
    }
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One for each database that this process talks to: queries and the live feed share it. */
const directories = new WeakMap<object, Directory>();

/** The directory of an EntityManager's database. */
export function directoryOf(em: EntityManager): Directory {
  const driver = em.getDriver();
  const known = directories.get(driver);
  if (known) return known;
  // A context of its own: the first caller's may be a transaction, or closed by the time of the next look-up.
  const reader = em.fork({ clear: true, freshEventManager: true });
  const directory = new Directory(async (ids) => {
    const people = await reader
      .fork()
      .find(User, { id: { $in: ids.filter((id) => UUID.test(id)) } }, { fields: ['firstName', 'lastName'] });
    return new Map(people.map((person) => [person.id, fullName(person)]));
  });
  directories.set(driver, directory);
  return directory;
}

/** The names of these people, from the directory of the EntityManager's database. */
export const names = (em: EntityManager, ids: Iterable<string>): Promise<Names> => directoryOf(em).get(ids);
