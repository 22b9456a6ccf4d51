import * as people from '@countersign/domain/people/people.queries';
import * as record from '@countersign/domain/record/audit.queries';
import * as timecardAuditLogs from '@countersign/domain/timecard-audit-logs';
import * as timecardCommands from '@countersign/domain/timecards/timecard.commands';
import * as timecardQueries from '@countersign/domain/timecards/timecard.queries';
import { definitionsIn } from './definition.ts';
import { interfaceOf } from './interface.ts';

/** Whole modules, not single definitions: what one of them exports is in the interface, without an edit here. */
const definitions = definitionsIn([people, record, timecardAuditLogs, timecardCommands, timecardQueries]);

/** Countersign's own interface. */
export const { router, routes } = interfaceOf(definitions);

/** The type from which clients are typed. */
export type AppRouter = typeof router;
