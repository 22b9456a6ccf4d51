import { Migration } from '@mikro-orm/migrations';

/** By which provider a session was begun, and what is linked once a sign-in has passed both its steps. */
export class SessionIssuers extends Migration {
  override up(): void {
    this.addSql('alter table sessions add issuer varchar(500)');
    this.addSql('alter table pending_sign_ins add issuer varchar(500), add subject varchar(255)');
  }
}
