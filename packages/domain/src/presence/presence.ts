import { defineEntity, p, type EntityManager } from '@mikro-orm/postgresql';
import { unaudited } from '@countersign/audit/policy';

/**
 * AUD-25: that somebody has a record open in one of their tabs, and whether they are editing it, until a moment that their node keeps putting off.
 * The table is unlogged: a crash of the database forgets it, and the nodes write it anew within seconds.
 */
export const Presence = defineEntity({
  name: 'Presence',
  tableName: 'presences',
  properties: {
    id: p.uuid().primary(),
    /** The record, as `Timecard:…`. */
    root: p.string().length(100),
    /** No reference: nobody must wait for somebody who looks at something. */
    person: p.uuid(),
    editing: p.boolean(),
    since: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3),
  },
  indexes: [{ properties: ['root'] }, { properties: ['expiresAt'] }],
});

export const presenceAudit = unaudited(Presence, 'who has what open is gone when they leave; what they read and change is recorded');

/** One tab that has a record open. */
export interface Tab {
  readonly id: string;
  readonly root: string;
  readonly person: string;
  readonly editing: boolean;
}

/** Somebody who has a record open, in however many tabs. */
export interface Present {
  readonly root: string;
  readonly person: string;
  readonly editing: boolean;
}

/** Says that these are there, for so many seconds from now, by the database's clock: nodes have one each. */
export async function keepPresent(em: EntityManager, tabs: readonly Tab[], seconds: number): Promise<void> {
  await em.fork().execute(
    `insert into presences (id, root, person, editing, expires_at)
      select id, root, person, editing, now() + make_interval(secs => ?)
      from jsonb_to_recordset(?::jsonb) as tab (id uuid, root text, person uuid, editing boolean)
      on conflict (id) do update set expires_at = excluded.expires_at`,
    [seconds, JSON.stringify(tabs)],
  );
  await em.fork().execute(`delete from presences where expires_at < now() - interval '1 minute'`);
}

/** These tabs are gone: nobody is editing in them any more, and after so many seconds nobody is there unless they came back. */
export async function leaveSoon(em: EntityManager, ids: readonly string[], seconds: number): Promise<void> {
  await em.fork().execute(
    `update presences set editing = false, expires_at = now() + make_interval(secs => ?)
      where id in (select value::uuid from jsonb_array_elements_text(?::jsonb) as gone (value))`,
    [seconds, JSON.stringify(ids)],
  );
}

/** Who has these records open, those first who came first. */
export async function presentAt(em: EntityManager, roots: readonly string[]): Promise<Present[]> {
  return em.fork().execute<Present[]>(
    `select root, person, bool_or(editing) as editing from presences
      where root in (select value from jsonb_array_elements_text(?::jsonb) as wanted (value)) and expires_at > now()
      group by root, person order by root, min(since), person`,
    [JSON.stringify(roots)],
  );
}
