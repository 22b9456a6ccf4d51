import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import { ApiToken } from '../token/api-token.ts';
import { Session } from './session.ts';
import { stands } from '../sight/sight.ts';
import { SESSION_IDLE } from './sign-in.ts';

/** A token's id is a UUID, a session's a hash. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** A session or a token that stands. */
export interface Standing {
  /** When it ends by itself, in milliseconds since 1970. */
  readonly until: number;
  /** AC-7: as whom it shows the system; null for its owner's own. */
  readonly seen: string | null;
}

/** Those of these sessions and tokens that stand. They end by time, when they are ended, and with a disabled account. */
export async function standing(em: EntityManager, ids: readonly string[]): Promise<Map<string, Standing>> {
  const at = now();
  const enabled = { user: { disabledAt: null }, expiresAt: { $gt: at } };
  const [tokens, sessions] = [ids.filter((id) => UUID.test(id)), ids.filter((id) => !UUID.test(id))];
  const used = { lastSeenAt: { $gt: new Date(at.getTime() - SESSION_IDLE) } };
  const found = sessions.length
    ? await em.fork().find(Session, { id: { $in: sessions }, ...enabled, ...used }, { populate: ['sight', 'sight.by', 'sight.seen'] })
    : [];
  const bearing = tokens.length ? await em.fork().find(ApiToken, { id: { $in: tokens }, ...enabled }, { fields: ['id', 'expiresAt'] }) : [];
  return new Map([
    ...found
      .filter(({ sight }) => !sight || stands(sight, at))
      .map(({ id, expiresAt, lastSeenAt, sight }): [string, Standing] => [
        id,
        {
          until: Math.min(expiresAt.getTime(), lastSeenAt.getTime() + SESSION_IDLE, sight?.expiresAt.getTime() ?? Infinity),
          seen: sight?.seen.id ?? null,
        },
      ]),
    ...bearing.map(({ id, expiresAt }): [string, Standing] => [id, { until: expiresAt.getTime(), seen: null }]),
  ]);
}
