import { Migration } from '@mikro-orm/migrations';

/** Whether browsers are offered to be told: the key stays when push is turned off for a while. */
export class PushSwitch extends Migration {
  override up(): void {
    this.addSql('alter table push_keys add active boolean not null default true');
  }
}
