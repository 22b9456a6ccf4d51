import { expect } from 'vitest';
import type { Event } from '../src/events/entry.ts';
import { Rabbit, Warren, type World } from './warren.ts';

// What most tests of the toy world begin with: a warren, a rabbit, and the events of what they do.

/** A warren kept by fiver; answers with its key. */
export const dig = (w: World): Promise<string> =>
  w.as('fiver', async (em) => {
    const made = em.create(Warren, { name: 'Down', keeper: 'fiver', meadow: 'm1', flooded: false });
    await em.flush();
    return made.id;
  });

/** A rabbit of which only the name is interesting, by a flush; answers with its key. */
export async function bear(w: World, warren: string, id: number, more: object = {}): Promise<number> {
  await w.as('fiver', async (em) => {
    em.create(Rabbit, { id, warren: em.getReference(Warren, warren), name: `R${id}`, tame: false, ...more } as never);
    await em.flush();
  });
  return id;
}

/** The events of what `work` does; fails where an alarm was raised that matters, all of them unless told. */
export async function eventsIn(
  w: World,
  work: () => Promise<unknown>,
  matters: (alarm: unknown) => boolean = () => true,
): Promise<Event[]> {
  const before = (await w.events()).length;
  await work();
  const events = (await w.events()).slice(before);
  expect(w.alarms.filter(matters)).toEqual([]);
  return events;
}
