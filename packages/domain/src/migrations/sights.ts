import { Migration } from '@mikro-orm/migrations';

const roles = `'admin', 'manager', 'in_house', 'supervisor', 'coordinator', 'talent_escort', 'worker', 'member', 'lending_admin', 'borrowing_admin'`;

const sights = [
  `create table sights (
    id uuid primary key,
    by_id uuid not null constraint sights_by_id_foreign references profiles on delete cascade,
    seen_id uuid not null constraint sights_seen_id_foreign references profiles on delete cascade,
    role text not null constraint sights_role_check check (role in (${roles})),
    started_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    ended_at timestamptz(3)
  )`,
  'create index sights_by_id_index on sights (by_id)',
  'create index sights_seen_id_index on sights (seen_id)',
  'alter table sessions add sight_id uuid constraint sessions_sight_id_foreign references sights on delete set null',
];

/** Admins look at the system as others see it. */
export class Sights extends Migration {
  override up(): void {
    for (const statement of sights) this.addSql(statement);
  }
}
