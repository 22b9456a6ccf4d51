import { Migration } from '@mikro-orm/migrations';
import { LOG_STEPS, type LogStep } from '@countersign/audit/log-steps';
import { LOG_MIGRATIONS, TABLE_MIGRATIONS } from '@countersign/domain/migrations/list';

/** A step of the log's tables as a migration. */
const logStep = (name: string, step: LogStep) => ({
  name,
  class: class extends Migration {
    override up(): void {
      for (const statement of LOG_STEPS[step]) this.addSql(statement);
    }
  },
});

/**
 * Every migration, in order; the log's tables come after the business's own, and before what the business adds to the
 * log. A name that was once released is never given to another one.
 */
export const MIGRATIONS = [
  ...TABLE_MIGRATIONS,
  logStep('0001_audit_log', 'log'),
  ...LOG_MIGRATIONS,
  logStep('0030_row_changes', 'row changes'),
  logStep('0031_inline_who_and_when', 'who and when'),
  logStep('0070_immutable_log', 'immutability'),
  logStep('0071_deferred_rows', 'deferred rows'),
  logStep('0051_coverage', 'coverage'),
  logStep('0072_backlog', 'backlog'),
  logStep('0081_lighter_capture', 'lighter capture'),
  logStep('0056_own_word', 'own word'),
  logStep('0106_impersonators', 'impersonators'),
];
