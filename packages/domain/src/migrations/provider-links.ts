import { Migration } from '@mikro-orm/migrations';

const tables = [
  `create table provider_links (
    id uuid primary key,
    user_id uuid not null constraint provider_links_user_id_foreign references profiles on delete cascade,
    issuer varchar(500) not null,
    subject varchar(255) not null,
    created_at timestamptz(3) not null default now(),
    constraint provider_links_one_person_for_an_account unique (issuer, subject),
    constraint provider_links_one_account_for_a_person unique (user_id, issuer)
  )`,

  `create table sign_in_attempts (
    id varchar(64) primary key,
    browser varchar(64) not null,
    target varchar(1000) not null,
    expires_at timestamptz(3) not null
  )`,
  `create index sign_in_attempts_expires_at_index on sign_in_attempts (expires_at)`,
];

/** Signing in by OpenID Connect: whose account at a provider is whose here, and who is on the way there and back. */
export class ProviderLinks extends Migration {
  override up(): void {
    for (const statement of tables) this.addSql(statement);
  }
}
