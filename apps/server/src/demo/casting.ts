import { isOneDay } from '@countersign/domain/timecards/period.rules';
import type { Chance } from './chance.ts';
import type { Scene } from './history.ts';
import type { StoryName } from './stories.ts';

interface Part {
  readonly story: StoryName;
  readonly times: number;
  readonly fits: (scene: Scene) => boolean;
}

const ofWeek = ({ card }: Scene) => !isOneDay(card);
const over = ({ weeksAgo }: Scene) => weeksAgo >= 1;
const longOver = ({ weeksAgo }: Scene) => weeksAgo >= 3;
const lastWeek = ({ weeksAgo }: Scene) => weeksAgo === 1;
const ofVisitedSupervisor = ({ decider, organisation }: Scene) => decider === organisation.accounts.supervisor;
const atNight = ({ owner }: Scene) => owner.habit?.from === 22 * 60;

/**
 * What happens besides the ordinary, and how often: in this order, so that what visitors are shown first finds its
 * scenes. Where a story has to have reached its end by now, it is one of weeks ago.
 */
const PARTS: readonly Part[] = [
  { story: 'undecided', times: 4, fits: (scene) => lastWeek(scene) && ofVisitedSupervisor(scene) },
  { story: 'undecided', times: 2, fits: lastWeek },
  { story: 'left rejected', times: 1, fits: (scene) => scene.weeksAgo === 2 && ofVisitedSupervisor(scene) },
  { story: 'left rejected', times: 1, fits: lastWeek },
  { story: 'edited after approval', times: 2, fits: (scene) => scene.weeksAgo === 2 && ofWeek(scene) },
  { story: 'made for the wrong site', times: 1, fits: (scene) => longOver(scene) && ofWeek(scene) },
  { story: 'left open', times: 4, fits: ({ weeksAgo }) => weeksAgo <= 1 },
  { story: 'rejected', times: 3, fits: (scene) => over(scene) && ofVisitedSupervisor(scene) },
  { story: 'rejected', times: 8, fits: (scene) => scene.weeksAgo >= 2 },
  { story: 'rejected with edits', times: 6, fits: (scene) => scene.weeksAgo >= 2 },
  { story: 'approved anew', times: 5, fits: longOver },
  { story: 'noted', times: 4, fits: longOver },
  { story: 'from paper', times: 4, fits: (scene) => over(scene) && ofWeek(scene) && !atNight(scene) },
  { story: 'mended by in-house staff', times: 6, fits: (scene) => over(scene) && ofWeek(scene) },
  { story: 'forgotten', times: 10, fits: () => true },
  { story: 'late', times: 8, fits: over },
];

/** Gives each scene its story. */
export function cast(scenes: readonly Scene[], chance: Chance): ReadonlyMap<Scene, StoryName> {
  const stories = new Map<Scene, StoryName>();
  for (const { story, times, fits } of PARTS) {
    const free = scenes.filter((scene) => !stories.has(scene) && fits(scene));
    for (const scene of chance.some(free, times)) stories.set(scene, story);
  }
  return stories;
}
