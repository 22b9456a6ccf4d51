import type { EntityManager } from '@mikro-orm/postgresql';
import { job, withContext } from '@countersign/audit/context';
import { dayOf } from '@countersign/domain/day.rules';
import type { Role, Viewer } from '@countersign/domain/people/rights/permissions';
import { Responsibility } from '@countersign/domain/people/responsibility';
import { Site } from '@countersign/domain/people/site';
import { User } from '@countersign/domain/people/user';
import { loadViewer } from '@countersign/domain/people/viewer';
import { addDays, mondayOf } from '../calendar.ts';
import { mailName } from '../names.ts';

export const TRAFFIC_SITE = { name: 'Backlot (traffic)', timeZone: 'Europe/Berlin' } as const;

const NAMES: readonly (readonly [first: string, last: string])[] = [
  ['Arno', 'Petzold'],
  ['Birgit', 'Sommerfeld'],
  ['Cem', 'Aydoğan'],
  ['Dorota', 'Zielińska'],
  ['Eike', 'Harms'],
  ['Fiona', 'Lindemann'],
  ['Goran', 'Babić'],
  ['Hedda', 'Voss'],
  ['Ilias', 'Kostas'],
  ['Jule', 'Rademacher'],
  ['Kofi', 'Mensah'],
  ['Lena', 'Burmeister'],
  ['Mirko', 'Jurić'],
  ['Noura', 'El Amrani'],
  ['Ole', 'Thomsen'],
  ['Paula', 'Weidner'],
];
const DECIDER = ['Renate', 'Ahlers'] as const;
const CORRECTOR = ['Viktor', 'Seidel'] as const;

/** Weeks back from the present one: before the demonstration begins, so that nobody's recent list is full of these. */
const WEEKS_AGO = [9, 8] as const;

/** Who makes the traffic: people of their own, at a site of their own, who can't sign in. */
export interface Crew {
  readonly site: string;
  readonly workers: readonly Viewer[];
  readonly decider: Viewer;
  /** Corrects what is approved already. */
  readonly corrector: Viewer;
  /** The Mondays of the weeks of which each worker has a card. */
  readonly weeks: readonly string[];
}

/** The crew of earlier times, or a new one. */
export async function crewIn(em: EntityManager, now: Date): Promise<Crew> {
  const site = (await em.fork().findOne(Site, { name: TRAFFIC_SITE.name }, { fields: ['id'] }))?.id ?? (await hire(em.fork()));
  const viewers = await Promise.all(
    [...NAMES, DECIDER, CORRECTOR].map(async ([first, last]) => {
      const { id } = await em.fork().findOneOrFail(User, { email: mailOf(first, last) }, { fields: ['id'] });
      const viewer = await loadViewer(em, id);
      if (!viewer) throw new Error(`${first} ${last}, who makes traffic, was disabled`);
      return viewer;
    }),
  );
  const [decider, corrector] = viewers.slice(-2) as [Viewer, Viewer];
  const monday = mondayOf(dayOf(now.toISOString(), TRAFFIC_SITE.timeZone));
  return { site, workers: viewers.slice(0, -2), decider, corrector, weeks: WEEKS_AGO.map((ago) => addDays(monday, -7 * ago)) };
}

const mailOf = (first: string, last: string) => `${mailName(first, last)}@traffic.example.com`;

/** All of them in one change set: a start that is broken off leaves nobody. */
function hire(em: EntityManager): Promise<string> {
  return withContext({ actor: job('traffic'), channel: 'job' }, () =>
    em.transactional(async (tx) => {
      const site = tx.create(Site, { ...TRAFFIC_SITE });
      const person = ([firstName, lastName]: readonly [string, string], role: Role, level: number) =>
        tx.create(User, { firstName, lastName, email: mailOf(firstName, lastName), role, level, timeZone: TRAFFIC_SITE.timeZone });
      for (const name of NAMES) person(name, 'worker', 1);
      person(CORRECTOR, 'admin', 5);
      const decider = person(DECIDER, 'supervisor', 3);
      tx.create(Responsibility, { holder: decider, kind: 'supervises', site });
      await tx.flush();
      return site.id;
    }),
  );
}
