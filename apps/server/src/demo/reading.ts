import { later } from './calendar.ts';
import type { Chance } from './chance.ts';
import { leaverOf } from './founding.ts';
import type { Organisation } from './organisation.ts';
import type { Step } from './step.ts';

/** Notices that the worker has not read, whom visitors sign in as: something is there to be looked at. */
const LEFT_BY_WORKER = 3;

/** Everybody who is still there has read what they were told, the last time within the last day, up to a few. */
export function readingSteps(organisation: Organisation, now: Date, chance: Chance): Step[] {
  const { people, accounts } = organisation;
  const present = people.filter((person) => person !== leaverOf(organisation).person);
  return present.map((person) => {
    const own = chance.fork(person.email);
    const at = later(now.toISOString(), -own.int(20, 1_400));
    const leaves = person === accounts.worker ? LEFT_BY_WORKER : own.int(0, 2);
    return { kind: 'reading', at, actor: person.id, channel: 'web', leaves };
  });
}
