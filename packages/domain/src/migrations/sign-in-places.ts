import { Migration } from '@mikro-orm/migrations';

const places = [
  'alter table sessions add ip_address varchar(64), add user_agent varchar(300)',
  'alter table one_time_links drop constraint one_time_links_purpose_check',
  `alter table one_time_links add constraint one_time_links_purpose_check check (purpose in ('invitation', 'password_reset'))`,
];

/** From where somebody is signed in, and links to choose another password. */
export class SignInPlaces extends Migration {
  override up(): void {
    for (const statement of places) this.addSql(statement);
  }
}
