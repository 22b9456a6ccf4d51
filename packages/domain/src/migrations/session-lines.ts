import { Migration } from '@mikro-orm/migrations';

/** Which tokens were one session's, one after the other. */
export class SessionLines extends Migration {
  override up(): void {
    this.addSql('alter table sessions add line varchar(64)');
    this.addSql('update sessions set line = id');
    this.addSql('alter table sessions alter line set not null');
  }
}
