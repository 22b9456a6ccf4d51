import { listPeople, listSites, me } from './people/people.queries.ts';
import { auditEvent, auditLogs, auditPage, auditVocabulary } from './record/audit.queries.ts';
import { timecardAuditLogs } from './timecard-audit-logs.ts';
import {
  approveTimecard,
  createTimecard,
  deleteTimecard,
  rejectTimecard,
  submitTimecard,
  updateTimecard,
} from './timecards/timecard.commands.ts';
import { getTimecard, listTimecards } from './timecards/timecard.queries.ts';

/** Every command and query of the domain: procedures, routes and their description are derived from this list. */
export const DEFINITIONS = [
  me,
  listPeople,
  listSites,
  listTimecards,
  getTimecard,
  createTimecard,
  updateTimecard,
  submitTimecard,
  approveTimecard,
  rejectTimecard,
  deleteTimecard,
  timecardAuditLogs,
  auditPage,
  auditEvent,
  auditVocabulary,
  auditLogs,
] as const;
