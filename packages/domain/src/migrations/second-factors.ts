import { Migration } from '@mikro-orm/migrations';

const factors = [
  'alter table sessions add second_factor_at timestamptz(3)',

  `create table second_factors (
    user_id uuid primary key constraint second_factors_user_id_foreign references profiles on update cascade on delete cascade,
    sealed_secret varchar(200) not null,
    last_step int not null,
    set_up_at timestamptz(3) not null,
    code_hashes text[] not null,
    codes_left smallint not null,
    codes_made_at timestamptz(3) not null,
    created_at timestamptz(3) not null default now(),
    constraint second_factors_codes_are_counted check (codes_left = cardinality(code_hashes)),
    constraint second_factors_secret_is_sealed check (sealed_secret ~ '^[0-9a-f]{8}[.]')
  )`,

  `create table pending_sign_ins (
    id varchar(64) primary key,
    user_id uuid not null constraint pending_sign_ins_user_id_foreign references profiles on delete cascade,
    method varchar(20) not null,
    failures smallint not null default 0,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null
  )`,
  'create index pending_sign_ins_user_id_index on pending_sign_ins (user_id)',
  'create index pending_sign_ins_expires_at_index on pending_sign_ins (expires_at)',
];

/** What somebody shows beside their password. */
export class SecondFactors extends Migration {
  override up(): void {
    for (const statement of factors) this.addSql(statement);
  }
}
