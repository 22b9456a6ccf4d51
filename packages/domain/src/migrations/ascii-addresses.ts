import { Migration } from '@mikro-orm/migrations';

/** Addresses are compared by their letters A to Z, whatever the database's language makes small. */
export class AsciiAddresses extends Migration {
  override up(): void {
    this.addSql('alter table profiles drop constraint profiles_email_is_lower_case');
    this.addSql('alter table profiles add constraint profiles_email_is_lower_case check (email = lower(email collate "C"))');
  }
}
