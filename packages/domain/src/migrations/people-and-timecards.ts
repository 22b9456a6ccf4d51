import { Migration } from '@mikro-orm/migrations';

const people = [
  `create table settings (
    name varchar(100) primary key,
    value jsonb not null,
    version int not null default 1,
    updated_at timestamptz(3) not null default now()
  )`,

  `create table sites (
    id uuid primary key,
    name varchar(200) not null constraint sites_name_unique unique,
    time_zone varchar(64) not null,
    version int not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  )`,

  `create table profiles (
    id uuid primary key,
    first_name varchar(100) not null,
    last_name varchar(100) not null,
    email varchar(254) not null constraint profiles_email_unique unique,
    phone_number varchar(40),
    role text not null constraint profiles_role_check check (role in ('admin', 'manager', 'in_house', 'supervisor', 'coordinator', 'talent_escort', 'worker', 'member', 'lending_admin', 'borrowing_admin')),
    level smallint not null default 1,
    time_zone varchar(64) not null default 'UTC',
    disabled_at timestamptz(3),
    version int not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint profiles_email_is_lower_case check (email = lower(email)),
    constraint profiles_level_is_one_to_five check (level >= 1 and level <= 5)
  )`,

  `create table credentials (
    user_id uuid primary key constraint credentials_user_id_foreign references profiles on update cascade on delete cascade,
    password_hash varchar(255) not null,
    password_set_at timestamptz(3) not null
  )`,

  `create table sessions (
    id varchar(64) primary key,
    user_id uuid not null constraint sessions_user_id_foreign references profiles on delete cascade,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    last_seen_at timestamptz(3) not null
  )`,
  `create index sessions_user_id_index on sessions (user_id)`,

  `create table responsibilities (
    id uuid primary key,
    holder_id uuid not null constraint responsibilities_holder_id_foreign references profiles on delete cascade,
    kind text not null constraint responsibilities_kind_check check (kind in ('supervises', 'coordinates')),
    person_id uuid constraint responsibilities_person_id_foreign references profiles on delete cascade,
    site_id uuid constraint responsibilities_site_id_foreign references sites on delete cascade,
    created_at timestamptz(3) not null default now(),
    constraint responsibilities_person_or_site check (num_nonnulls(person_id, site_id) = 1),
    constraint responsibilities_not_for_oneself check (holder_id <> person_id),
    constraint responsibilities_person_once unique (holder_id, kind, person_id),
    constraint responsibilities_site_once unique (holder_id, kind, site_id)
  )`,
  `create index responsibilities_person_id_index on responsibilities (person_id)`,
  `create index responsibilities_site_id_index on responsibilities (site_id)`,
];

const timecards = [
  `create table timecard_headers (
    id uuid primary key,
    person_id uuid not null constraint timecard_headers_person_id_foreign references profiles on delete restrict,
    site_id uuid not null constraint timecard_headers_site_id_foreign references sites on delete restrict,
    time_zone varchar(64) not null,
    period_start date not null,
    period_end date not null,
    check_in_time timestamptz(3),
    check_out_time timestamptz(3),
    break_start_time timestamptz(3),
    break_end_time timestamptz(3),
    total_hours numeric(6,2),
    break_duration int,
    overtime_hours numeric(6,2),
    status text not null default 'draft' constraint timecard_headers_status_check check (status in ('draft', 'submitted', 'approved', 'rejected')),
    manually_edited boolean not null default false,
    edited_after_approval boolean not null default false,
    rejection_reason text,
    admin_notes text,
    version int not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint timecard_headers_period_order check (period_end >= period_start),
    constraint timecard_headers_out_after_in check (check_out_time is null or (check_in_time is not null and check_out_time > check_in_time)),
    constraint timecard_headers_at_most_24_hours check (period_end > period_start or check_out_time <= (check_in_time + '24:00:00'::interval)),
    constraint timecard_headers_break_whole check (num_nonnulls(break_start_time, break_end_time) <> 1),
    constraint timecard_headers_break_inside check (break_start_time is null or (check_in_time is not null and break_start_time >= check_in_time and break_end_time > break_start_time and (check_out_time is null or break_end_time <= check_out_time))),
    constraint timecard_headers_hours_in_range check (total_hours >= 0 and overtime_hours >= 0 and overtime_hours <= total_hours and break_duration >= 0),
    constraint timecard_headers_rejected_with_reason check ((status = 'rejected') = (rejection_reason is not null)),
    constraint timecard_headers_edited_after_approval check (not edited_after_approval or status = 'approved')
  )`,
  `create index timecard_headers_person_id_period_start_index on timecard_headers (person_id, period_start)`,
  `create index timecard_headers_site_id_period_start_index on timecard_headers (site_id, period_start)`,
  `create index timecard_headers_status_period_start_index on timecard_headers (status, period_start)`,
  // Who may see the record of a card rests on its person and its site: every event of it carries both.
  `create function timecard_owner_is_fixed() returns trigger language plpgsql set search_path = pg_catalog as $$
    begin
      raise exception 'the person and the site of a timecard are fixed when it is made' using errcode = 'check_violation', hint = 'Delete the draft and make another one.';
    end $$`,
  `create trigger timecard_headers_fixed_owner before update of person_id, site_id on timecard_headers for each row
    when (old.person_id is distinct from new.person_id or old.site_id is distinct from new.site_id) execute function timecard_owner_is_fixed()`,

  // The ORM counts its own changes; whatever goes around it makes the version that somebody reads out of date as well.
  `create function timecard_counts_version() returns trigger language plpgsql set search_path = pg_catalog as $$
    begin
      new.version := old.version + 1;
      return new;
    end $$`,
  `create trigger timecard_headers_version before update on timecard_headers for each row
    when (new.version = old.version and old.* is distinct from new.*) execute function timecard_counts_version()`,

  `create table timecard_daily_entries (
    id uuid primary key,
    timecard_id uuid not null constraint timecard_daily_entries_timecard_id_foreign references timecard_headers on delete cascade,
    person_id uuid not null constraint timecard_daily_entries_person_id_foreign references profiles on delete restrict,
    work_date date not null,
    daily_check_in timestamptz(3),
    daily_check_out timestamptz(3),
    daily_break_start timestamptz(3),
    daily_break_end timestamptz(3),
    daily_total_hours numeric(6,2),
    edits int not null default 0,
    constraint timecard_daily_entries_one_a_day unique (timecard_id, work_date),
    constraint timecard_daily_entries_out_after_in check (daily_check_out is null or (daily_check_in is not null and daily_check_out > daily_check_in)),
    constraint timecard_daily_entries_at_most_24_hours check (daily_check_out <= (daily_check_in + '24:00:00'::interval)),
    constraint timecard_daily_entries_break_whole check (num_nonnulls(daily_break_start, daily_break_end) <> 1),
    constraint timecard_daily_entries_break_inside check (daily_break_start is null or (daily_check_in is not null and daily_break_start >= daily_check_in and daily_break_end > daily_break_start and (daily_check_out is null or daily_break_end <= daily_check_out))),
    constraint timecard_daily_entries_hours_in_range check (daily_total_hours >= 0 and daily_total_hours <= 24 and edits >= 0)
  )`,
  // An entry's copy of the person is the card's, whatever a statement says.
  `create function timecard_entry_has_owner_of_card() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      select person_id into new.person_id from timecard_headers where id = new.timecard_id;
      return new;
    end $$`,
  `create trigger timecard_daily_entries_owner before insert or update of timecard_id, person_id on timecard_daily_entries for each row execute function timecard_entry_has_owner_of_card()`,

  `create table timecard_versions (
    timecard_id uuid not null constraint timecard_versions_timecard_id_foreign references timecard_headers on delete cascade,
    version int not null,
    change_id uuid not null,
    primary key (timecard_id, version)
  )`,
];

/** The tables of people and timecards: what the schema generator prints for the entities, reviewed, and the triggers that it doesn't know. */
export class PeopleAndTimecards extends Migration {
  override up(): void {
    for (const statement of [...people, ...timecards]) this.addSql(statement);
  }
}
