import * as notificationCommands from '@countersign/domain/messages/notification.commands';
import * as notificationQueries from '@countersign/domain/messages/notification.queries';
import * as outbox from '@countersign/domain/messages/outbox';
import * as preferences from '@countersign/domain/messages/preferences.commands';
import * as push from '@countersign/domain/messages/push.commands';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import * as correctUser from '@countersign/domain/people/users/correct-user';
import * as invitations from '@countersign/domain/people/invitation/invitation.commands';
import * as people from '@countersign/domain/people/people.queries';
import * as responsibilities from '@countersign/domain/people/responsibility.commands';
import * as rights from '@countersign/domain/people/rights/rights.commands';
import * as userCommands from '@countersign/domain/people/users/users.commands';
import * as userQueries from '@countersign/domain/people/users/users.queries';
import * as providerLinks from '@countersign/domain/people/provider/unlink.commands';
import * as secondFactors from '@countersign/domain/people/second-factor/reset.commands';
import * as tokens from '@countersign/domain/people/token/token.commands';
import * as asOf from '@countersign/domain/record/as-of.queries';
import * as completeness from '@countersign/domain/record/balance/completeness.queries';
import * as answers from '@countersign/domain/record/answers/answers.commands';
import * as waiting from '@countersign/domain/record/answers/waiting.queries';
import * as record from '@countersign/domain/record/audit.queries';
import * as unusual from '@countersign/domain/record/unusual/unusual.commands';
import * as health from '@countersign/domain/record/health.queries';
import * as timecardAuditLogs from '@countersign/domain/timecard-audit-logs';
import * as ownExports from '@countersign/domain/timecards/export/own-exports';
import * as importCommands from '@countersign/domain/timecards/import/import.commands';
import * as importQueries from '@countersign/domain/timecards/import/import.queries';
import * as reasons from '@countersign/domain/timecards/reason.commands';
import * as timecardCommands from '@countersign/domain/timecards/timecard.commands';
import * as timecardQueries from '@countersign/domain/timecards/timecard.queries';
import * as timecardUndo from '@countersign/domain/timecards/undo.commands';
import { definitionsIn } from './definition.ts';
import { interfaceOf } from './interface.ts';

/** Whole modules, not single definitions: what one of them exports is in the interface, without an edit here. */
const definitions = definitionsIn([
  people,
  userQueries,
  userCommands,
  correctUser,
  invitations,
  responsibilities,
  rights,
  providerLinks,
  secondFactors,
  tokens,
  record,
  answers,
  waiting,
  asOf,
  completeness,
  timecardAuditLogs,
  timecardCommands,
  timecardQueries,
  timecardUndo,
  ownExports,
  importCommands,
  importQueries,
  reasons,
  notificationCommands,
  notificationQueries,
  preferences,
  push,
  outbox,
  unusual,
  health,
]);

/** Countersign's own interface. */
export const { router, routes, everything } = interfaceOf(definitions);

const ofTheLog: ReadonlySet<string> = new Set(everything.filter(({ permission }) => permission === MATRIX.logRead).map(({ name }) => name));

/** Whether what goes by this name reads the log. */
export const readsLog = (name: string): boolean => name === 'audit.live' || ofTheLog.has(name);

/** The type from which clients are typed. */
export type AppRouter = typeof router;
