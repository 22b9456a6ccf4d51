import { performance } from 'node:perf_hooks';
import { CARDS } from '../bed.ts';
import { median } from '../table.ts';
import type { Change, Saving } from './contender.ts';

/** Change sets of one card, one after the other. */
export const SINGLES = 40;
/** Cards of one change set. */
export const BULK = 1_000;
const WRITERS = 16;
const SAVES_A_WRITER = 40;

/** What a contender does and is measured by: saving one card at a time, a thousand at once, and sixteen at a time. */
export const WORKS = ['one', 'many', 'writers'] as const;
export type Work = (typeof WORKS)[number];

/** Cards that are loaded and changed. */
export interface Prepared {
  readonly cards: number;
  /** Saves them; answers with microseconds a card. */
  readonly save: () => Promise<number>;
}

/** What is done with some cards. `turn`: of every call another one. */
interface Wanted {
  readonly change: Change;
  readonly turn: number;
}

export const prepare = (work: Work, saving: Saving, wanted: Wanted): Promise<Prepared> => PREPARED[work](saving, wanted);

const PREPARED: Readonly<Record<Work, (saving: Saving, wanted: Wanted) => Promise<Prepared>>> = {
  one: async (saving, { change, turn }) => {
    const saves = await eachAlone(
      saving,
      change,
      upTo(SINGLES).map((n) => 1 + ((turn * SINGLES + n) % CARDS)),
    );
    return { cards: SINGLES, save: async () => median(await inTurn(saves)) };
  },
  many: async (saving, { change }) => {
    const save = await saving.prepare(upTo(BULK), change);
    return { cards: BULK, save: () => stopwatch(save, BULK) };
  },
  writers: async (saving, { change }) => {
    const cardsOf = (writer: number) => upTo(SAVES_A_WRITER).map((n) => BULK + writer * SAVES_A_WRITER + n);
    // At once, so that every writer's connection is open by then.
    const writers = await Promise.all(upTo(WRITERS).map((writer) => eachAlone(saving, change, cardsOf(writer))));
    const cards = WRITERS * SAVES_A_WRITER;
    return { cards, save: () => stopwatch(() => Promise.all(writers.map(inTurn)), cards) };
  },
};

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** A change set for each of these cards; what saves one answers with microseconds. */
async function eachAlone(saving: Saving, change: Change, ids: readonly number[]): Promise<(() => Promise<number>)[]> {
  const saves: (() => Promise<unknown>)[] = [];
  for (const id of ids) saves.push(await saving.prepare([id], change));
  return saves.map((save) => () => stopwatch(save, 1));
}

async function inTurn(saves: readonly (() => Promise<number>)[]): Promise<number[]> {
  const times: number[] = [];
  for (const save of saves) times.push(await save());
  return times;
}

/** Microseconds a card. */
export async function stopwatch(work: () => Promise<unknown>, cards: number): Promise<number> {
  const start = performance.now();
  await work();
  return (1_000 * (performance.now() - start)) / cards;
}
