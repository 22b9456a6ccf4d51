import { Migration } from '@mikro-orm/migrations';

const limits = [
  // Unlogged: a crash of the database forgets how much was asked in the last minutes, and nothing is the worse for it.
  `create unlogged table rate_counts (
    key varchar(255) primary key,
    points int not null,
    expire bigint
  )`,

  `create table known_devices (
    user_id uuid not null constraint known_devices_user_id_foreign references profiles on delete cascade,
    id varchar(64) not null,
    last_used_at timestamptz(3) not null,
    primary key (user_id, id)
  )`,
];

/** How much everybody asks for, and with which browsers they have signed in. */
export class RateLimits extends Migration {
  override up(): void {
    for (const statement of limits) this.addSql(statement);
  }
}
