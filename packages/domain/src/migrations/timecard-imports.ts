import { Migration } from '@mikro-orm/migrations';

const statements = [
  `create table timecard_imports (
    id uuid primary key,
    owner_id uuid not null constraint timecard_imports_owner_id_foreign references profiles on delete restrict,
    file_name varchar(255) not null,
    sha256 varchar(64) not null,
    lines int not null,
    shifts_created int not null,
    shifts_changed int not null,
    shifts_unchanged int not null,
    shifts_locked int not null,
    timecards_created int not null,
    timecards_changed int not null,
    change_id uuid not null,
    created_at timestamptz(3) not null default now()
  )`,
  `create index timecard_imports_owner_id_index on timecard_imports (owner_id)`,

  `create table timecard_uploads (
    id uuid primary key,
    owner_id uuid not null constraint timecard_uploads_owner_id_foreign references profiles on delete cascade,
    file_name varchar(255) not null,
    status text not null constraint timecard_uploads_status_check check (status in ('receiving', 'received', 'read', 'imported')),
    bytes int not null default 0,
    sha256 varchar(64),
    layout jsonb,
    beginning jsonb,
    counts jsonb,
    progress int,
    import_id uuid,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null
  )`,
  `create index timecard_uploads_owner_id_index on timecard_uploads (owner_id)`,

  `create table timecard_upload_chunks (
    upload_id uuid not null constraint timecard_upload_chunks_upload_id_foreign references timecard_uploads on delete cascade,
    n int not null,
    bytes bytea not null,
    primary key (upload_id, n)
  )`,
  `create table timecard_upload_rows (
    upload_id uuid not null constraint timecard_upload_rows_upload_id_foreign references timecard_uploads on delete cascade,
    line int not null,
    person uuid not null,
    site uuid not null,
    kind text not null constraint timecard_upload_rows_kind_check check (kind in ('in', 'out', 'break', 'break_start', 'break_end', 'shift')),
    work_date date,
    at timestamptz(3) not null,
    check_out timestamptz(3),
    break_start timestamptz(3),
    break_end timestamptz(3),
    primary key (upload_id, line)
  )`,
  `create index timecard_upload_rows_upload_id_person_at_index on timecard_upload_rows (upload_id, person, at)`,
  `create table timecard_upload_shifts (
    upload_id uuid not null constraint timecard_upload_shifts_upload_id_foreign references timecard_uploads on delete cascade,
    n int not null,
    person uuid not null,
    site uuid not null,
    work_date date not null,
    check_in timestamptz(3) not null,
    check_out timestamptz(3),
    break_start timestamptz(3),
    break_end timestamptz(3),
    lines jsonb not null,
    outcome text not null constraint timecard_upload_shifts_outcome_check check (outcome in ('create', 'change', 'unchanged', 'locked', 'problem')),
    card uuid,
    card_version int,
    before jsonb,
    message text,
    primary key (upload_id, n)
  )`,
  `create index timecard_upload_shifts_upload_id_person_index on timecard_upload_shifts (upload_id, person)`,
  `create index timecard_upload_shifts_upload_id_outcome_n_index on timecard_upload_shifts (upload_id, outcome, n)`,
  `create table timecard_upload_problems (
    upload_id uuid not null constraint timecard_upload_problems_upload_id_foreign references timecard_uploads on delete cascade,
    n int not null,
    line int not null,
    column_name text,
    message text not null,
    primary key (upload_id, n)
  )`,
];

/** What an import needs: where uploaded files lie for a day, and the record of those that were imported. */
export class TimecardImports extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}
