import { Migration } from '@mikro-orm/migrations';

const reasons = [
  `create table reasons (
    id uuid primary key,
    label varchar(80) not null constraint reasons_label_unique unique,
    offered_for text[] not null,
    active boolean not null default true,
    rank int not null,
    version int not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint reasons_offered_for_known_uses check (offered_for <@ array['admin_edit', 'rejection_edit', 'rejection', 'after_approval'] and cardinality(offered_for) > 0),
    constraint reasons_label_is_one_line check (label !~ '[[:cntrl:]:]' and length(label) >= 3)
  )`,
];

/** The reasons that people pick from when they change somebody's hours. */
export class Reasons extends Migration {
  override up(): void {
    for (const statement of reasons) this.addSql(statement);
  }
}
