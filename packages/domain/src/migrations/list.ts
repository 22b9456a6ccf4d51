import { ApiTokens } from './api-tokens.ts';
import { AsciiAddresses } from './ascii-addresses.ts';
import { BalanceChecks } from './balance-checks.ts';
import { ExportedPeople } from './exported-people.ts';
import { ExportsThrough } from './exports-through.ts';
import { GatheredMessages } from './gathered-messages.ts';
import { Invitations } from './invitations.ts';
import { ChangeAnswers } from './change-answers.ts';
import { Messages } from './messages.ts';
import { NumbersAtCommit } from './numbers-at-commit.ts';
import { PeopleAndTimecards } from './people-and-timecards.ts';
import { Presences } from './presences.ts';
import { Reasons } from './reasons.ts';
import { ProviderLinks } from './provider-links.ts';
import { PushSwitch } from './push-switch.ts';
import { RateLimits } from './rate-limits.ts';
import { FormerVerdicts, ReadingCounts, VerdictsChecked } from './reading-counts.ts';
import { ReadingWindows } from './reading-windows.ts';
import { SessionRenewal } from './session-renewal.ts';
import { SessionIssuers } from './session-issuers.ts';
import { SessionLines } from './session-lines.ts';
import { SecondFactors } from './second-factors.ts';
import { Sights } from './sights.ts';
import { SignInPlaces } from './sign-in-places.ts';
import { TimecardAuditLog } from './timecard-audit-log.ts';
import { TimecardImports } from './timecard-imports.ts';
import { UnusualAccesses } from './unusual-access.ts';

/** The domain's tables, in order; run before the log's own migration. */
export const TABLE_MIGRATIONS = [
  { name: '0001_people_and_timecards', class: PeopleAndTimecards },
  { name: '0003_messages', class: Messages },
  { name: '0020_timecard_imports', class: TimecardImports },
  { name: '0021_reasons', class: Reasons },
  { name: '0025_push_switch', class: PushSwitch },
  { name: '0040_balance_checks', class: BalanceChecks },
  { name: '0093_rate_limits', class: RateLimits },
  { name: '0100_invitations', class: Invitations },
  { name: '0096_reading_windows', class: ReadingWindows },
  { name: '0094_api_tokens', class: ApiTokens },
  { name: '0095_sign_in_places', class: SignInPlaces },
  { name: '0092_presences', class: Presences },
  { name: '0097_change_answers', class: ChangeAnswers },
  { name: '0102_session_renewal', class: SessionRenewal },
  { name: '0108_unusual_accesses', class: UnusualAccesses },
  { name: '0105_second_factors', class: SecondFactors },
  { name: '0103_provider_links', class: ProviderLinks },
  { name: '0109_exported_people', class: ExportedPeople },
  { name: '0106_sights', class: Sights },
  { name: '0110_reading_counts', class: ReadingCounts },
  { name: '0110_former_verdicts', class: FormerVerdicts },
  { name: '0110_verdicts_checked', class: VerdictsChecked },
  { name: '0111_exports_through', class: ExportsThrough },
  { name: '0112_ascii_addresses', class: AsciiAddresses },
  { name: '0113_session_lines', class: SessionLines },
  { name: '0114_session_issuers', class: SessionIssuers },
  { name: '0115_gathered_messages', class: GatheredMessages },
  { name: '0116_numbers_at_commit', class: NumbersAtCommit },
];

/** What the domain adds to the log; run after the log's own migration. */
export const LOG_MIGRATIONS = [{ name: '0002_timecard_audit_log', class: TimecardAuditLog }];
