import { Migration } from '@mikro-orm/migrations';

const invitations = [
  `create table one_time_links (
    id uuid primary key,
    user_id uuid not null constraint one_time_links_user_id_foreign references profiles on delete cascade,
    purpose text not null constraint one_time_links_purpose_check check (purpose in ('invitation')),
    path varchar(100) not null,
    token_hash varchar(64) constraint one_time_links_token_hash_unique unique,
    expires_at timestamptz(3) not null,
    ended_at timestamptz(3),
    created_at timestamptz(3) not null default now()
  )`,
  `create index one_time_links_user_id_index on one_time_links (user_id)`,

  `create table invitations (
    user_id uuid primary key constraint invitations_user_id_foreign references profiles on update cascade on delete cascade,
    sent_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    accepted_at timestamptz(3),
    withdrawn_at timestamptz(3),
    version int not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint invitations_end_once check (accepted_at is null or withdrawn_at is null)
  )`,

  `alter table messages add link_id uuid constraint messages_link_id_foreign references one_time_links on delete set null`,
];

/** Links that work once, those who were invited by one, and the messages that bring them. */
export class Invitations extends Migration {
  override up(): void {
    for (const statement of invitations) this.addSql(statement);
  }
}
