import { Migration } from '@mikro-orm/migrations';
import { backlogSchema } from '@countersign/audit/backlog';
import { deferredSchema } from '@countersign/audit/deferred-rows';
import { immutableSchema } from '@countersign/audit/immutable';
import { coverageSchema } from '@countersign/audit/coverage-schema';
import { auditSchema, inlineSchema, rowChangeSchema } from '@countersign/audit/schema';
import { LOG_MIGRATIONS, TABLE_MIGRATIONS } from '@countersign/domain/migrations/list';

/** The log's tables: after the business's own, before what the business adds to the log. */
class AuditLog extends Migration {
  override up(): void {
    for (const statement of auditSchema) this.addSql(statement);
  }
}

/** What the database itself sees. */
class RowChanges extends Migration {
  override up(): void {
    for (const statement of rowChangeSchema) this.addSql(statement);
  }
}

/** Who and when, without a call for each row. */
class InlineWhoAndWhen extends Migration {
  override up(): void {
    for (const statement of inlineSchema) this.addSql(statement);
  }
}

/** Nobody alters the log, and whoever tries is recorded. */
class Immutable extends Migration {
  override up(): void {
    for (const statement of immutableSchema) this.addSql(statement);
  }
}

/** Which events that waited on a node's disk are written. */
class DeferredRows extends Migration {
  override up(): void {
    for (const statement of deferredSchema) this.addSql(statement);
  }
}

/** By which policies the database records, and since when. */
class Coverage extends Migration {
  override up(): void {
    for (const statement of coverageSchema) this.addSql(statement);
  }
}

/** How much waits in the inbox. */
class Backlog extends Migration {
  override up(): void {
    for (const statement of backlogSchema) this.addSql(statement);
  }
}

/** Every migration, in order. A name that was once released is never given to another one. */
export const MIGRATIONS = [
  ...TABLE_MIGRATIONS,
  { name: '0001_audit_log', class: AuditLog },
  ...LOG_MIGRATIONS,
  { name: '0030_row_changes', class: RowChanges },
  { name: '0031_inline_who_and_when', class: InlineWhoAndWhen },
  { name: '0070_immutable_log', class: Immutable },
  { name: '0071_deferred_rows', class: DeferredRows },
  { name: '0051_coverage', class: Coverage },
  { name: '0072_backlog', class: Backlog },
];
