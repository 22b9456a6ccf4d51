import { Migration } from '@mikro-orm/migrations';

const presences = [
  `create unlogged table presences (
    id uuid not null primary key,
    root varchar(100) not null,
    person uuid not null,
    editing boolean not null,
    since timestamptz(3) not null default now(),
    expires_at timestamptz(3) not null
  )`,
  `create index presences_root_index on presences (root)`,
  `create index presences_expires_at_index on presences (expires_at)`,
];

/** Who has what open. */
export class Presences extends Migration {
  override up(): void {
    for (const statement of presences) this.addSql(statement);
  }
}
