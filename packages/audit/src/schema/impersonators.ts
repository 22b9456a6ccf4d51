import { guardOfRollup } from './immutable.ts';

/** What somebody did in another's name is found, and counted, by the names of both. */
export const impersonatorSchema: readonly string[] = [
  // Few events have one: the index is small, and costs the others nothing.
  `create index audit_event_impersonator on audit_event (impersonator_id, position) where impersonator_id is not null`,
  `alter table audit_rollup add impersonator text not null default ''`,
  `alter table audit_rollup alter impersonator drop default, drop constraint audit_rollup_pkey,
    add primary key (quarter, area, action, actor, impersonator, target_type)`,
  ...guardOfRollup,
];
