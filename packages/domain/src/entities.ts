import type { ManualAction } from '@countersign/audit/manual-action';
import type { Declared } from '@countersign/audit/policy';
import { jobExecuted } from './job-run.ts';
import { Message, messageAudit } from './messages/message.ts';
import { notificationSent } from './messages/message-actions.ts';
import { Notification, notificationAudit, NotificationCounter, notificationCounterAudit } from './messages/notification.ts';
import { NotificationPreferences, preferencesAudit } from './messages/preferences.ts';
import { PushKey, pushKeyAudit, PushSubscription, pushSubscriptionAudit } from './messages/push-subscription.ts';
import { ApiToken, apiTokenAudit, ApiTokenUse, apiTokenUseAudit } from './people/token/api-token.ts';
import { Credential, credentialAudit } from './people/credential.ts';
import { KnownDevice, knownDeviceAudit } from './people/session/known-device.ts';
import { ProviderLink, providerLinkAudit } from './people/provider/provider-link.ts';
import { SignInAttempt, signInAttemptAudit } from './people/provider/sign-in-attempt.ts';
import { RateCount, rateCountAudit } from './people/rate-count.ts';
import { Invitation, invitationAudit } from './people/invitation/invitation.ts';
import { OneTimeLink, oneTimeLinkAudit } from './people/one-time-link.ts';
import { passwordChanged, passwordReset, passwordResetAsked } from './people/password/password-actions.ts';
import { Responsibility, responsibilityAudit } from './people/responsibility.ts';
import { signedIn, signedOut, signedOutEverywhere, signInFailed } from './people/session/session-actions.ts';
import { Session, sessionAudit } from './people/session/session.ts';
import { PendingSignIn, pendingSignInAudit } from './people/second-factor/pending-sign-in.ts';
import { SecondFactor, secondFactorAudit } from './people/second-factor/second-factor.ts';
import { sightEnded, sightStarted } from './people/sight/sight-actions.ts';
import { Sight, sightAudit } from './people/sight/sight.ts';
import { Setting, settingAudit } from './people/rights/settings.ts';
import { Site, siteAudit } from './people/site.ts';
import { User, userAudit } from './people/user.ts';
import { invitationLinkTaken } from './people/invitation/invitation-actions.ts';
import { changeConfirmed, changeContested } from './record/answers/answer-actions.ts';
import { ChangeAnswer, changeAnswerAudit } from './record/answers/change-answer.ts';
import { logAccessed, readAsAnother, recordViewed } from './record/reading/log-accessed.ts';
import { ReadingWindow, readingWindowAudit } from './record/reading/reading-window.ts';
import { ReadHabit, readHabitAudit, ReadTrace, readTraceAudit, ReadWatch, readWatchAudit } from './record/unusual/read-watch.ts';
import { UnusualAccess, unusualAccessAudit } from './record/unusual/unusual-access.ts';
import { Presence, presenceAudit } from './presence/presence.ts';
import { accessRefused } from './record/access-refused.ts';
import { ExportedPerson, exportedPersonAudit } from './timecards/export/exported-person.ts';
import { timecardsExported, timecardsExportFinished } from './timecards/export/timecards-exported.ts';
import { BalanceCheck, balanceCheckAudit, BalanceDifference, balanceDifferenceAudit } from './record/balance/balance-check.ts';
import { balanceChecked } from './record/balance/check-balance.ts';
import { TimecardImport, timecardImportAudit } from './timecards/import/timecard-import.ts';
import { TimecardUpload, UploadChunk, UploadProblem, UploadRow, UploadShift, uploadAudit } from './timecards/import/upload.ts';
import { Reason, reasonAudit } from './timecards/reason.ts';
import { TimecardVersion, timecardVersionAudit } from './timecards/timecard-version.ts';
import { Timecard, timecardAudit, TimecardEntry, timecardEntryAudit } from './timecards/timecard.ts';

/** Every entity of the domain, for the ORM's configuration. */
export const ENTITIES = [
  User,
  Credential,
  ProviderLink,
  SignInAttempt,
  Session,
  KnownDevice,
  SecondFactor,
  PendingSignIn,
  Sight,
  ApiToken,
  ApiTokenUse,
  RateCount,
  Site,
  Responsibility,
  OneTimeLink,
  Invitation,
  Setting,
  Timecard,
  TimecardEntry,
  TimecardVersion,
  Reason,
  Notification,
  NotificationCounter,
  NotificationPreferences,
  PushSubscription,
  PushKey,
  Message,
  TimecardImport,
  TimecardUpload,
  UploadChunk,
  UploadRow,
  UploadShift,
  UploadProblem,
  BalanceCheck,
  BalanceDifference,
  ReadingWindow,
  Presence,
  ChangeAnswer,
  ReadWatch,
  ReadTrace,
  ReadHabit,
  UnusualAccess,
  ExportedPerson,
];

/** What each of them declares about its record. */
export const DECLARED: readonly Declared[] = [
  userAudit,
  credentialAudit,
  providerLinkAudit,
  signInAttemptAudit,
  sessionAudit,
  knownDeviceAudit,
  secondFactorAudit,
  pendingSignInAudit,
  sightAudit,
  apiTokenAudit,
  apiTokenUseAudit,
  rateCountAudit,
  siteAudit,
  responsibilityAudit,
  oneTimeLinkAudit,
  invitationAudit,
  settingAudit,
  timecardAudit,
  timecardEntryAudit,
  timecardVersionAudit,
  reasonAudit,
  notificationAudit,
  notificationCounterAudit,
  preferencesAudit,
  pushSubscriptionAudit,
  pushKeyAudit,
  messageAudit,
  timecardImportAudit,
  ...uploadAudit,
  balanceCheckAudit,
  balanceDifferenceAudit,
  readingWindowAudit,
  presenceAudit,
  changeAnswerAudit,
  readWatchAudit,
  readTraceAudit,
  readHabitAudit,
  unusualAccessAudit,
  exportedPersonAudit,
];

/** What else is recorded: what is done and changes none of them. */
export const MANUAL_ACTIONS: readonly ManualAction[] = [
  timecardsExported,
  timecardsExportFinished,
  notificationSent,
  jobExecuted,
  balanceChecked,
  accessRefused,
  logAccessed,
  recordViewed,
  readAsAnother,
  passwordChanged,
  passwordResetAsked,
  passwordReset,
  changeConfirmed,
  changeContested,
  signedIn,
  signInFailed,
  signedOut,
  signedOutEverywhere,
  sightStarted,
  sightEnded,
  invitationLinkTaken,
];
