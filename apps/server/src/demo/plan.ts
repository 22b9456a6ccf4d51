import { createHash } from 'node:crypto';
import { dayOf } from '@countersign/domain/day.rules';
import { addDays, mondayOf } from './calendar.ts';
import { cast } from './casting.ts';
import { type Chance, chanceOf } from './chance.ts';
import { deskOf } from './desk.ts';
import { foundingSteps, leaverOf, profileSteps } from './founding.ts';
import type { Scene } from './history.ts';
import { readingSteps } from './reading.ts';
import { type Organisation, organisationOf } from './organisation.ts';
import { scenesOf, type Week } from './scenes.ts';
import { SITES } from './sites.ts';
import type { CardStep, Step } from './step.ts';
import { STORIES } from './stories.ts';

/** Whole weeks before the present one. */
const WEEKS = 6;

/** Everything that happens in the demo, in the order in which it does. */
export interface Plan {
  readonly organisation: Organisation;
  readonly steps: readonly Step[];
}

/** The demo that a name decides, up to `now`: the same name and instant give the same plan on every machine. */
export function planOf(name: string, now: Date): Plan {
  const chance = chanceOf(name);
  const organisation = organisationOf(chance.fork('organisation'));
  const today = dayOf(now.toISOString(), SITES.berlin.timeZone);
  const monday = addDays(mondayOf(today), -7 * WEEKS);
  const weeks = Array.from({ length: WEEKS + 1 }, (_, n): Week => ({ monday: addDays(monday, 7 * n), weeksAgo: WEEKS - n }));
  const founding = foundingSteps(organisation, monday);
  const happening = [
    ...profileSteps(organisation, weeks, chance.fork('profiles')),
    ...cardSteps(organisation, { weeks, today, chance }),
    ...readingSteps(organisation, now, chance.fork('reading')),
  ];
  const past = happening.filter(({ at }) => at <= now.toISOString()).toSorted(byTime);
  return { organisation, steps: [...founding, ...past] };
}

const byTime = (one: Step, other: Step) => (one.at < other.at ? -1 : 1);

interface Times {
  readonly weeks: readonly Week[];
  readonly today: string;
  readonly chance: Chance;
}

function cardSteps(organisation: Organisation, { weeks, today, chance }: Times): CardStep[] {
  const { worker } = organisation.accounts;
  const leaver = leaverOf(organisation);
  const desk = deskOf(organisation, today, chance.fork('desk'));
  const scenes = organisation.people.flatMap((person) =>
    weeks
      .filter((week) => person !== worker || !desk.weeks.includes(week.monday))
      .filter((week) => person !== leaver.person || week.weeksAgo >= leaver.lastWeek)
      .flatMap((week) => scenesOf({ organisation, owner: person, week, chance: chance.fork(`${person.email}/${week.monday}`) })),
  );
  return [...desk.steps, ...told(scenes, { chance, without: leaver.person.id })];
}

/** Every scene with its story. Who leaves has ordinary ones only: nobody would be there to mend what is rejected. */
function told(scenes: readonly Scene[], { chance, without }: { readonly chance: Chance; readonly without: string }): CardStep[] {
  const stories = cast(
    scenes.filter(({ owner }) => owner.id !== without),
    chance.fork('casting'),
  );
  return scenes.flatMap((scene) => [...STORIES[stories.get(scene) ?? 'ordinary'](scene)]);
}

/** Tells two plans apart, so that nobody continues one with the steps of another. */
export const digestOf = (plan: Plan): string => createHash('sha256').update(JSON.stringify(plan)).digest('hex');
