import { Migration } from '@mikro-orm/migrations';

const tokens = [
  `create table api_tokens (
    id uuid primary key,
    user_id uuid not null constraint api_tokens_user_id_foreign references profiles on delete cascade,
    name varchar(80) not null,
    hash varchar(64) not null constraint api_tokens_hash_unique unique,
    ending varchar(4) not null,
    scopes text[] not null,
    expires_at timestamptz(3) not null,
    created_at timestamptz(3) not null default now(),
    constraint api_tokens_name_is_one_line check (name !~ '[[:cntrl:]]' and length(name) >= 1),
    constraint api_tokens_have_scopes check (cardinality(scopes) > 0)
  )`,
  `create index api_tokens_user_id_index on api_tokens (user_id)`,

  `create table api_token_uses (
    token_id uuid primary key constraint api_token_uses_token_id_foreign references api_tokens on update cascade on delete cascade,
    last_used_at timestamptz(3) not null
  )`,
];

/** Tokens for programs. */
export class ApiTokens extends Migration {
  override up(): void {
    for (const statement of tokens) this.addSql(statement);
  }
}
