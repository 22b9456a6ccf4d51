import { Migration } from '@mikro-orm/migrations';

/** A session gets another token when what it rests on changes; the one before serves what was under way. */
export class SessionRenewal extends Migration {
  override up(): void {
    this.addSql('alter table sessions add renewed_at timestamptz(3)');
  }
}
