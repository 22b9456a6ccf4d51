import { query, type LogCall } from './definition.ts';
import { MATRIX } from './people/rights/permissions.ts';
import { settingsOf } from './people/rights/settings.ts';
import { visibilityOf } from './people/viewer.ts';
import { byTimecard, readAuditLogs } from './record/audit-rows.ts';
import { auditLogsView, timecardAuditLogsInput } from './record/record.views.ts';
import { checkReadable } from './timecards/timecard.queries.ts';
import { Timecard } from './timecards/timecard.ts';

/** AUD-26: the record of one timecard. It belongs to both areas, timecards and record, and so to neither. */
export const timecardAuditLogs = query({
  name: 'timecards.auditLogs',
  summary: 'Changed fields of one timecard and its days, newest first',
  input: timecardAuditLogsInput,
  output: auditLogsView,
  rest: { method: 'GET', path: '/api/timecards/{id}/audit-logs' },
  permission: MATRIX.timecardRead,
  reads: 'trail',
  run: async ({ id, ...asked }, call) => {
    const timeZone = await zoneOf(id, call);
    return readAuditLogs(call, { asked, root: `Timecard:${id}`, timeZone, form: byTimecard });
  },
});

/**
 * The zone in which days of this card are days. Of a card that was deleted the record still stands: whoever may see
 * any of it may read it, in their own zone.
 */
async function zoneOf(id: string, { em, viewer, log }: LogCall): Promise<string> {
  const card = await em.fork().findOne(Timecard, { id });
  if (card === null) {
    await log.settle();
    const { total } = await log.count({ root: [`Timecard:${id}`] }, visibilityOf(viewer, await settingsOf(em)));
    if (total > 0) return viewer.timeZone;
  }
  checkReadable(card, viewer);
  return card.timeZone;
}
