import { Migration } from '@mikro-orm/migrations';

const balanceChecks = [
  `create table balance_checks (
    id uuid primary key,
    status text not null default 'running' constraint balance_checks_status_check check (status in ('running', 'clean', 'different', 'failed')),
    started_at timestamptz(3) not null default now(),
    finished_at timestamptz(3),
    from_position bigint,
    to_position bigint,
    events bigint,
    records bigint,
    rows bigint,
    differences bigint,
    uncompared jsonb,
    rows_before bigint,
    uncovered jsonb,
    problem text,
    constraint balance_checks_ended_with_time check ((status = 'running') = (finished_at is null))
  )`,
  `create index balance_checks_started_at_index on balance_checks (started_at)`,
  `create table balance_differences (
    check_id uuid not null constraint balance_differences_check_id_foreign references balance_checks on delete cascade,
    n int not null,
    kind text not null constraint balance_differences_kind_check check (kind in ('row_missing', 'not_recorded', 'field', 'members', 'sealed')),
    type text not null,
    record_id text not null,
    label text,
    root_type text,
    root_id text,
    field text,
    primary key (check_id, n)
  )`,
  `create index balance_differences_check_id_root_type_root_id_index on balance_differences (check_id, root_type, root_id)`,
];

/** What the balances of the log with the live rows came to. */
export class BalanceChecks extends Migration {
  override up(): void {
    for (const statement of balanceChecks) this.addSql(statement);
  }
}
