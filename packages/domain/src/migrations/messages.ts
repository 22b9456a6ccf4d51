import { Migration } from '@mikro-orm/migrations';

const told = [
  `create table notification_counters (
    person_id uuid primary key constraint notification_counters_person_id_foreign references profiles on update cascade on delete cascade,
    last int not null default 0,
    reads int not null default 0
  )`,

  `create table notifications (
    id uuid primary key,
    person_id uuid not null constraint notifications_person_id_foreign references profiles on delete cascade,
    number int not null default 0,
    kind varchar(60) not null,
    root_type varchar(60),
    root_id varchar(100),
    change_id uuid,
    actor_kind varchar(20) not null,
    actor_id varchar(100),
    title varchar(200) not null,
    details jsonb not null,
    path varchar(300),
    topic varchar(100),
    created_at timestamptz(3) not null default now(),
    read_at timestamptz(3),
    constraint notifications_number_unique unique (person_id, number)
  )`,
  `create index notifications_topic_created_at_index on notifications (topic, created_at)`,

  // The next number of the person, whoever inserts. The counter's row stays locked until the transaction ends, so that
  // a later number is never visible before an earlier one.
  `create function notification_draws_number() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      insert into notification_counters as counter (person_id, last) values (new.person_id, 1)
        on conflict (person_id) do update set last = counter.last + 1 returning last into new.number;
      return new;
    end $$`,
  `create trigger notifications_number before insert on notifications for each row execute function notification_draws_number()`,

  // Pages of the same person elsewhere learn that some were read.
  `create function notification_counts_reads() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      update notification_counters set reads = reads + 1 where person_id in (select person_id from changed);
      return null;
    end $$`,
  `create trigger notifications_reads after update on notifications referencing new table as changed for each statement execute function notification_counts_reads()`,

  `create table notification_preferences (
    person_id uuid primary key constraint notification_preferences_person_id_foreign references profiles on update cascade on delete cascade,
    turned_off jsonb not null,
    quiet boolean not null default true,
    quiet_from varchar(5) not null default '22:00',
    quiet_until varchar(5) not null default '07:00',
    sms boolean not null default false,
    version int not null default 1,
    updated_at timestamptz(3) not null default now(),
    constraint notification_preferences_from_is_time check (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    constraint notification_preferences_until_is_time check (quiet_until ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    constraint notification_preferences_hours_have_length check (quiet_from <> quiet_until)
  )`,
];

const sent = [
  `create table push_keys (
    id smallint primary key,
    public_key varchar(100) not null,
    private_key varchar(100) not null,
    created_at timestamptz(3) not null default now(),
    constraint push_keys_only_one check (id = 1)
  )`,

  `create table push_subscriptions (
    id uuid primary key,
    person_id uuid not null constraint push_subscriptions_person_id_foreign references profiles on delete cascade,
    endpoint varchar(1000) not null constraint push_subscriptions_endpoint_unique unique,
    p256dh varchar(100) not null,
    auth varchar(50) not null,
    browser varchar(100) not null,
    created_at timestamptz(3) not null default now()
  )`,
  `create index push_subscriptions_person_id_index on push_subscriptions (person_id)`,

  `create table messages (
    id uuid primary key,
    person_id uuid not null constraint messages_person_id_foreign references profiles on delete cascade,
    notification_id uuid constraint messages_notification_id_foreign references notifications on delete set null,
    channel text not null constraint messages_channel_check check (channel in ('mail', 'sms', 'push')),
    address varchar(254),
    subscription_id uuid constraint messages_subscription_id_foreign references push_subscriptions on delete set null,
    subject varchar(300) not null,
    body text not null,
    path varchar(300),
    urgent boolean not null default false,
    status text not null default 'waiting' constraint messages_status_check check (status in ('waiting', 'sent', 'kept', 'failed')),
    not_before timestamptz(3) not null,
    handed_at timestamptz(3),
    attempts int not null default 0,
    last_error text,
    created_at timestamptz(3) not null default now(),
    settled_at timestamptz(3),
    constraint messages_settled_with_time check ((status = 'waiting') = (settled_at is null)),
    constraint messages_push_has_no_address check ((channel = 'push') = (address is null)),
    constraint messages_subject_is_one_line check (subject !~ '[[:cntrl:]]')
  )`,
  `create index messages_status_handed_at_index on messages (status, handed_at)`,
  `create index messages_created_at_index on messages (created_at)`,
];

const mended = [
  `alter table timecard_headers add fields_to_mend jsonb`,
  `alter table timecard_headers add constraint timecard_headers_mended_when_rejected check (fields_to_mend is null or status = 'rejected')`,
];

/** What people are told of, the messages that go out for it, and the fields that a rejection names. */
export class Messages extends Migration {
  override up(): void {
    for (const statement of [...told, ...sent, ...mended]) this.addSql(statement);
  }
}
