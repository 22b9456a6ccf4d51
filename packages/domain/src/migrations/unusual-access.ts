import { Migration } from '@mikro-orm/migrations';

const unusualAccess = [
  `create table read_watch (id int primary key, position bigint not null)`,
  `insert into read_watch (id, position) values (1, 0)`,
  `create table read_traces (
    position bigint primary key,
    reader uuid not null,
    view varchar(20) not null,
    first_at timestamptz(3) not null,
    last_at timestamptz(3) not null,
    times int not null,
    rows int not null,
    records jsonb not null,
    label varchar(300),
    exported int not null,
    areas jsonb not null,
    filter jsonb
  )`,
  `create index read_traces_reader_last_at_index on read_traces (reader, last_at)`,
  `create index read_traces_last_at_index on read_traces (last_at)`,
  `create table read_habits (
    reader uuid not null,
    day date not null,
    hours jsonb not null,
    records int not null,
    exported int not null,
    areas jsonb not null,
    primary key (reader, day)
  )`,
  `create index read_habits_day_index on read_habits (day)`,
  `create table unusual_accesses (
    id uuid primary key,
    reader uuid not null,
    kind text not null,
    level int not null,
    count int not null,
    allowed int not null,
    usual int,
    about jsonb not null,
    rows jsonb not null,
    more_rows int not null,
    time_zone varchar(64) not null,
    noticed_at timestamptz(3) not null,
    last_at timestamptz(3) not null,
    state text not null default 'open',
    explained_by uuid,
    explained_at timestamptz(3),
    note varchar(500),
    version int not null default 1,
    constraint unusual_accesses_explained_by_somebody check ((state = 'explained') = (explained_at is not null)),
    constraint unusual_accesses_kind_check check (kind in ('many_records', 'large_export', 'odd_hours', 'other_area')),
    constraint unusual_accesses_state_check check (state in ('open', 'explained'))
  )`,
  `create index unusual_accesses_reader_kind_noticed_at_index on unusual_accesses (reader, kind, noticed_at)`,
  `create index unusual_accesses_state_noticed_at_index on unusual_accesses (state, noticed_at)`,
];

/** What is usual of somebody's reading, and what was noticed that isn't. */
export class UnusualAccesses extends Migration {
  override up(): void {
    for (const statement of unusualAccess) this.addSql(statement);
  }
}
