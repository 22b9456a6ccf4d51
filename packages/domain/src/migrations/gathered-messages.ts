import { Migration } from '@mikro-orm/migrations';

/** Messages that are alike go out as one that tells of them all. */
export class GatheredMessages extends Migration {
  override up(): void {
    this.addSql('alter table messages add tells_of int not null default 1');
    this.addSql('alter table messages drop constraint messages_status_check');
    this.addSql(
      "alter table messages add constraint messages_status_check check (status in ('waiting', 'sent', 'kept', 'failed', 'gathered'))",
    );
    this.addSql('create index messages_person_id_handed_at_index on messages (person_id, handed_at)');
  }
}
