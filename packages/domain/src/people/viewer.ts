import type { EntityManager } from '@mikro-orm/postgresql';
import { actorKey, subjectKey, type Visibility } from '@countersign/audit/visibility';
import { MATRIX, permits, type Relation, type Role, type Viewer } from './rights/permissions.ts';
import { Responsibility, type ResponsibilityKind } from './responsibility.ts';
import type { Settings } from './rights/settings.ts';
import { siteScope } from './site.ts';
import { inScope } from './token/token-scope.rules.ts';
import { fullName, User } from './user.ts';

/** Which responsibilities count, by role: what somebody held in an earlier role gives them nothing. */
export const COUNTS: Partial<Readonly<Record<Role, ResponsibilityKind>>> = { supervisor: 'supervises', coordinator: 'coordinates' };

/** Somebody with everything that decides what they may see and do; null where there is nobody, or they were disabled. */
export async function loadViewer(em: EntityManager, id: string): Promise<Viewer | null> {
  const reader = em.fork();
  const user = await reader.findOne(User, { id });
  if (!user || user.disabledAt) return null;
  const kind = COUNTS[user.role];
  const held = kind ? await reader.find(Responsibility, { holder: id, kind }) : [];
  return {
    id: user.id,
    name: fullName(user),
    email: user.email,
    role: user.role,
    level: user.level,
    timeZone: user.timeZone,
    responsibleFor: {
      people: held.flatMap(({ person }) => (person ? [person.id] : [])),
      sites: held.flatMap(({ site }) => (site ? [site.id] : [])),
    },
  };
}

/** Whose a record is and where it belongs, as far as permissions go. */
export interface Belonging {
  readonly person: string;
  readonly site: string | null;
}

/** How somebody stands to a record: their own, of somebody or somewhere they are responsible for, or neither. */
export function relationTo(viewer: Viewer, { person, site }: Belonging): Relation {
  if (person === viewer.id) return 'own';
  const { people, sites } = viewer.responsibleFor;
  return people.includes(person) || (site !== null && sites.includes(site)) ? 'responsible' : 'foreign';
}

/** Whether sensitive fields are shown to somebody, on pages as in the log. */
export const seesSensitive = (viewer: Pick<Viewer, 'role' | 'token' | 'confined'>): boolean =>
  inScope(viewer, MATRIX.logSensitive) && permits(MATRIX.logSensitive, viewer.role, 'foreign');

/** Whether somebody sees every person and their records, not just their own and those they are responsible for. */
export const seesEverybody = (viewer: Pick<Viewer, 'role'>): boolean => permits(MATRIX.timecardRead, viewer.role, 'foreign');

/** AC-2: what somebody may see of the log. */
export function visibilityOf(viewer: Viewer, settings: Pick<Settings, 'inHouseSeesEverything'>): Visibility {
  const limited = viewer.role === 'in_house' && !settings.inHouseSeesEverything;
  const sees = (relation: Relation) =>
    inScope(viewer, MATRIX.logRead) && (relation === 'own' || !limited) && permits(MATRIX.logRead, viewer.role, relation);
  const { people, sites } = viewer.responsibleFor;
  const own = sees('own') ? [actorKey(viewer.id), subjectKey(viewer.id)] : [];
  const responsible = sees('responsible') ? [...people.map(subjectKey), ...sites.map(siteScope)] : [];
  const everything = sees('foreign');
  return { everything, keys: everything ? [] : [...own, ...responsible], sensitive: seesSensitive(viewer) };
}
