import { Migration } from '@mikro-orm/migrations';

/** Through whose eyes an export was asked for, beside who took it away. */
export class ExportsThrough extends Migration {
  override up(): void {
    this.addSql('alter table exported_people add through uuid');
  }
}
