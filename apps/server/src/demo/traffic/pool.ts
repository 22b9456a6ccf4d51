import { randomUUID } from 'node:crypto';
import { type Caller, execute, type Runtime } from '@countersign/api/execute';
import { Refusal } from '@countersign/domain/errors';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import {
  approveTimecard,
  createTimecard,
  rejectTimecard,
  submitTimecard,
  updateTimecard,
} from '@countersign/domain/timecards/timecard.commands';
import { getTimecard, listTimecards } from '@countersign/domain/timecards/timecard.queries';
import { addDays } from '../calendar.ts';
import { type Chance, chanceOf } from '../chance.ts';
import { HABITS, shiftOn } from '../habits.ts';
import { entryOf } from '../step.ts';
import { type Crew, crewIn, TRAFFIC_SITE } from './crew.ts';
import { type Standing, type Turn, turnWith } from './turn.ts';

const COMMANDS = { update: updateTimecard, submit: submitTimecard, approve: approveTimecard, reject: rejectTimecard } as const;
/** Of so many cards one may be approved. */
const APPROVABLE = 4;

interface PooledCard {
  standing: Standing;
  readonly owner: Viewer;
  readonly approvable: boolean;
}

/** The cards on which all traffic happens: a fixed number, edited again and again by the commands that everybody uses. */
export class Pool {
  /** The site of all of them. */
  readonly site: string;
  readonly #crew: Crew;
  readonly #runtime: Runtime;
  readonly #chance: Chance;
  readonly #cards: readonly PooledCard[];
  /** Whose turn it is next, and who is at work: one person does one thing at a time. */
  #free: PooledCard[];

  private constructor(crew: Crew, cards: readonly PooledCard[], runtime: Runtime) {
    this.site = crew.site;
    this.#crew = crew;
    this.#cards = cards;
    this.#free = [...cards];
    this.#runtime = runtime;
    this.#chance = chanceOf(randomUUID());
  }

  /** Makes people and cards where they are missing. */
  static async open(runtime: Runtime): Promise<Pool> {
    const crew = await crewIn(runtime.fork(), new Date());
    const cards: PooledCard[] = [];
    for (const owner of crew.workers) {
      for (const standing of await cardsOf(owner, crew, runtime))
        cards.push({ standing, owner, approvable: cards.length % APPROVABLE === 0 });
    }
    return new Pool(crew, cards, runtime);
  }

  get size(): number {
    return this.#cards.length;
  }

  /** A card that nobody is at, chosen by chance; null while there is none. */
  take(): PooledCard | null {
    if (!this.#free.length) return null;
    const at = this.#chance.int(0, this.#free.length - 1);
    const [card] = this.#free.splice(at, 1);
    return card ?? null;
  }

  /**
   * One edit on a card that was taken, which is free again afterwards. False where a visitor was faster: then the card
   * is read anew, and one that is gone stays gone.
   */
  async edit(card: PooledCard): Promise<boolean> {
    try {
      const { actor, work } = turnWith(card.standing, { ...card, crew: this.#crew, chance: this.#chance });
      const { id, version } = card.standing;
      card.standing = await this.#perform(actor, work, { id, version });
      this.#free.push(card);
      return true;
    } catch (problem) {
      if (!(problem instanceof Refusal)) {
        this.#free.push(card);
        throw problem;
      }
      await this.#readAnew(card);
      return false;
    }
  }

  async #perform(actor: Viewer, work: Turn['work'], which: { readonly id: string; readonly version: number }): Promise<Standing> {
    const answer = await execute(COMMANDS[work.command], { ...which, ...work.input }, { caller: callerFor(actor), runtime: this.#runtime });
    return answer;
  }

  async #readAnew(card: PooledCard): Promise<void> {
    try {
      card.standing = await execute(
        getTimecard,
        { id: card.standing.id },
        { caller: callerFor(this.#crew.corrector), runtime: this.#runtime },
      );
      this.#free.push(card);
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
    }
  }
}

/** From a network that is set aside for examples. */
const callerFor = (viewer: Viewer): Caller => ({
  viewer,
  channel: 'web',
  requestId: randomUUID(),
  ipAddress: '192.0.2.251',
  userAgent: 'Countersign traffic',
});

async function cardsOf(owner: Viewer, { site, weeks }: Crew, runtime: Runtime): Promise<Standing[]> {
  const as = { caller: callerFor(owner), runtime };
  const { data } = await execute(listTimecards, { site, person: owner.id, limit: weeks.length }, as);
  const known = await Promise.all(data.map(({ id }) => execute(getTimecard, { id }, as)));
  const missing = weeks.slice(known.length);
  const made: Standing[] = [];
  for (const monday of missing) {
    const chance = chanceOf(`${owner.id}/${monday}`);
    const days = Array.from({ length: 5 }, (_, n) => shiftOn(addDays(monday, n), HABITS.regular, TRAFFIC_SITE.timeZone, chance));
    const card = { person: owner.id, site, periodStart: monday, periodEnd: addDays(monday, 6) };
    made.push(await execute(createTimecard, { ...card, entries: days.map(entryOf) }, as));
  }
  // A card whose days a visitor took away can't be edited any more.
  return [...known, ...made].filter(({ entries }) => entries.length > 0);
}
