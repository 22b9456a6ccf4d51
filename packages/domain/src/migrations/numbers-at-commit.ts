import { Migration } from '@mikro-orm/migrations';

const statements = [
  // Until its transaction ends a notice has a number of its own below zero, which nobody else sees.
  `create sequence notification_drafts as int cycle owned by notifications.number`,
  `drop trigger notifications_number on notifications`,
  `drop function notification_draws_number`,
  `create function notification_is_draft() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      new.number := - nextval('notification_drafts');
      return new;
    end $$`,
  `create trigger notifications_draft before insert on notifications for each row execute function notification_is_draft()`,
  `create index notifications_drafts on notifications (person_id) where number < 0`,

  // All of a transaction at once, as its last act: counters are taken in the order of the people, whoever was told first, so that two
  // transactions never wait for each other; and each is held no longer than the commit takes.
  `create function notifications_draw_numbers() returns trigger language plpgsql set search_path = public, pg_temp as $$
    declare draft record; drawn int;
    begin
      -- It fires for each of them, and the first time numbers them all.
      if not exists (select from notifications where id = new.id and number < 0) then return null; end if;
      for draft in select id, person_id from notifications where number < 0 order by person_id, number desc loop
        insert into notification_counters as counter (person_id, last) values (draft.person_id, 1)
          on conflict (person_id) do update set last = counter.last + 1 returning last into drawn;
        update notifications set number = drawn where id = draft.id;
      end loop;
      return null;
    end $$`,
  `create constraint trigger notifications_number after insert on notifications deferrable initially deferred
    for each row when (new.number < 0) execute function notifications_draw_numbers()`,

  // That a notice gets its number is no reading of it.
  `drop trigger notifications_reads on notifications`,
  `create or replace function notification_counts_reads() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      update notification_counters set reads = reads + 1
        where person_id in (select person_id from changed join unchanged using (id, person_id) where changed.read_at is distinct from unchanged.read_at);
      return null;
    end $$`,
  `create trigger notifications_reads after update on notifications referencing old table as unchanged new table as changed
    for each statement execute function notification_counts_reads()`,
];

/** Notices are numbered when their transaction ends. */
export class NumbersAtCommit extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}
