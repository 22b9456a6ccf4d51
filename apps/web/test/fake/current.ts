import { World } from './world.ts';

let world = new World();

/** The server of the test that is running. */
export const current = (): World => world;

export function newWorld(next = new World()): World {
  world = next;
  return world;
}
