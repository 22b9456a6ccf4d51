import type { EntityManager } from '@mikro-orm/core';
import type { Pool } from 'pg';
import type { Deferral } from './deferral.ts';
import type { Registry } from '../policy/registry.ts';

/** What records for one ORM. */
export interface Bound {
  readonly registry: Registry;
  /** Says that something was committed that is to be numbered. */
  readonly committed: () => void;
  /** Null where the log isn't open. */
  readonly atWork: () => AtWork | null;
}

/** An open log, as who records and who looks after it need it. */
export interface AtWork {
  /** Reads as the application. */
  readonly pool: Pool;
  /** Takes what may be deferred; null without a spool: then it blocks like everything else. */
  readonly deferral: Pick<Deferral, 'tell' | 'waiting'> | null;
  /** How often told and seen differed since the log was opened. */
  readonly disagreements: () => number;
  readonly since: string;
}

const byDriver = new WeakMap<object, Bound>();

/** Remembers what records for the ORM of this entity manager. */
export const bindTo = (em: EntityManager, bound: Bound): void => void byDriver.set(em.getDriver(), bound);

/** What records for the ORM of this entity manager. @throws Error where nothing does. */
export function boundTo(em: EntityManager): Bound {
  const bound = byDriver.get(em.getDriver());
  if (!bound) throw new Error('No audit trail is bound to this ORM: call audit.bind(orm) after MikroORM.init()');
  return bound;
}
