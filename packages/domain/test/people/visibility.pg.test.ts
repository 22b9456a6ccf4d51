import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mayBeSeen } from '@countersign/audit/visibility';
import type { Event } from '@countersign/audit/entry';
import { ROLES, type Role, type Viewer } from '../../src/people/rights/permissions.ts';
import { Responsibility, RESPONSIBILITY_KINDS } from '../../src/people/responsibility.ts';
import { loadViewer, visibilityOf } from '../../src/people/viewer.ts';
import { user, withContext } from '@countersign/audit/context';
import type { Site } from '../../src/people/site.ts';
import { Timecard } from '../../src/timecards/timecard.ts';
import { world, type World } from '../world.ts';

let w: World;
let people: Viewer[];
let sites: Site[];
let events: Event[];

/** People of every role, each responsible by either kind for some of the others and some sites, and cards that some of them made for others. */
beforeAll(async () => {
  w = await world();
  sites = [w.site, await w.newSite('South Hall', 'Europe/Berlin'), await w.newSite('East Hall', 'Europe/Berlin')];
  const made = await Promise.all([...ROLES, ...ROLES].map((role) => w.person(role)));
  const [held, cards] = fc.sample(organisation(made, sites), { numRuns: 1, seed: 20_261_122 })[0] as [Held[], Made[]];
  await withContext({ actor: user(made[0]?.id ?? '') }, async () => {
    const em = w.orm.em.fork();
    for (const { holder, kind, person, site } of held) em.create(Responsibility, { holder, kind, ...(site ? { site } : { person }) });
    await em.flush();
  });
  for (const { by, person, site } of cards)
    await withContext({ actor: user(by) }, async () => {
      const em = w.orm.em.fork();
      const day = '2026-11-03';
      const more = {
        timeZone: 'UTC',
        periodStart: day,
        periodEnd: day,
        status: 'draft',
        manuallyEdited: false,
        editedAfterApproval: false,
      } as const;
      em.create(Timecard, { person, site, ...more });
      await em.flush();
    });
  people = await Promise.all(made.map(async ({ id }) => (await loadViewer(w.orm.em, id)) as Viewer));
  events = await w.events();
});
afterAll(() => w?.close());

interface Held {
  readonly holder: string;
  readonly kind: (typeof RESPONSIBILITY_KINDS)[number];
  readonly person: string;
  readonly site: string | null;
}

interface Made {
  readonly by: string;
  readonly person: string;
  readonly site: string;
}

function organisation(of: readonly Viewer[], at: readonly Site[]): fc.Arbitrary<[Held[], Made[]]> {
  const somebody = fc.constantFrom(...of.map(({ id }) => id));
  const somewhere = fc.constantFrom(...at.map(({ id }) => id));
  const held = fc
    .record({ holder: somebody, kind: fc.constantFrom(...RESPONSIBILITY_KINDS), person: somebody, site: fc.option(somewhere) })
    .filter(({ holder, person, site }) => site !== null || holder !== person);
  const which = ({ holder, kind, person, site }: Held) => [holder, kind, site ?? person].join();
  const made = fc.record({ by: somebody, person: somebody, site: somewhere });
  return fc.tuple(
    fc.uniqueArray(held, { selector: which, minLength: 60, maxLength: 60 }),
    fc.array(made, { minLength: 80, maxLength: 80 }),
  );
}

/** AC-2, worded anew: what somebody sees of the log. */
function maySee({ id, role, responsibleFor }: Viewer, event: Event, inHouseSeesEverything: boolean): boolean {
  if (role === 'admin' || role === 'manager' || (role === 'in_house' && inHouseSeesEverything)) return true;
  if (event.actor.id === id || event.subject === id) return true;
  if (role !== 'supervisor' && role !== 'coordinator') return false;
  const { people: charges, sites: places } = responsibleFor;
  return charges.some((person) => person === event.subject) || places.some((site) => event.scopes.includes(`site:${site}`));
}

test('AC-2 AC-3: for whoever it is and whatever the setting says, the database, the memory and the specification show the same events', async () => {
  expect(events.length).toBeGreaterThan(150);
  const shown = new Map<Role, number>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...people), fc.boolean(), async (viewer, inHouseSeesEverything) => {
      const visibility = visibilityOf(viewer, { inHouseSeesEverything });
      const found = (await w.open.log.after(0, {}, visibility, 100_000)).events.map(({ position }) => position);
      const inMemory = events.filter((event) => mayBeSeen(visibility, event)).map(({ position }) => position);
      const asSaid = events.filter((event) => maySee(viewer, event, inHouseSeesEverything)).map(({ position }) => position);
      expect(found).toEqual(asSaid);
      expect(inMemory).toEqual(asSaid);
      expect((await w.open.log.count({}, visibility)).total).toBe(asSaid.length);
      shown.set(viewer.role, Math.max(shown.get(viewer.role) ?? 0, found.length));
    }),
    { numRuns: 120 },
  );
  // Otherwise it would have been about nothing.
  for (const role of ROLES) expect([role, (shown.get(role) ?? 0) > 0]).toEqual([role, true]);
});

test('AC-2: a responsibility counts for the role that has it, and for nobody who had it once', () => {
  for (const { role, responsibleFor } of people) {
    const counts = role === 'supervisor' || role === 'coordinator';
    if (!counts) expect(responsibleFor).toEqual({ people: [], sites: [] });
  }
});
