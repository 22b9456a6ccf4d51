import { Migration } from '@mikro-orm/migrations';

const readingWindows = [
  `create table reading_windows (
    id uuid primary key,
    reader uuid not null,
    impersonator varchar(36) not null,
    view varchar(20) not null,
    record varchar(200) not null,
    minutes int not null,
    opened_at timestamptz(3) not null,
    last_at timestamptz(3) not null,
    closes_at timestamptz(3) not null,
    times int not null,
    rows int not null,
    filters jsonb not null,
    more_filters int not null,
    channel varchar(20) not null,
    ip_address varchar(64),
    user_agent varchar(300),
    constraint reading_windows_reader_impersonator_view_record_unique unique (reader, impersonator, view, record)
  )`,
  `create index reading_windows_closes_at_index on reading_windows (closes_at)`,
];

/** Reads of the log that will be one event, while they are counted. */
export class ReadingWindows extends Migration {
  override up(): void {
    for (const statement of readingWindows) this.addSql(statement);
  }
}
