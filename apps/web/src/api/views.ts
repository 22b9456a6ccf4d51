import type { RouterInputs as Inputs, RouterOutputs as Outputs } from '@countersign/client';

/** An input that may be left out altogether, where it is given. */
type Given<Input> = Exclude<Input, void | undefined>;

/** One event of the log, as the person who looks may see it. */
export type EventView = EventPage['events'][number];
export type EventPage = Outputs['audit']['page'];
export type ChangeView = EventView['changes'][number];
export type ShownChange = Exclude<ChangeView, { hidden: true }>;
/** A recorded value: exact text, null for none, or the beginning of one that was too large to keep. */
export type Value = ShownChange['old'];
export type RecordView = NonNullable<EventView['root']>;
/** How many events a filter finds, by time and by value. */
export type OverviewView = Outputs['audit']['overview'];
export type VocabularyView = Outputs['audit']['vocabulary'];
export type EventFilter = Omit<Given<Inputs['audit']['page']>, 'before' | 'limit'>;

/** A record as it stood at a moment, and the moments at which it can be looked at. */
export type AsOfView = Outputs['audit']['asOf'];
/** How far back a record's trail is complete. */
export type CompletenessView = Outputs['audit']['completeness'];
export type MomentView = Outputs['audit']['moments']['moments'][number];

/** AUD-35: what somebody said to a change of their records. */
export type AnswerView = Outputs['answers']['give'];

export type PersonView = Outputs['people']['list']['data'][number];
export type SiteView = Outputs['sites']['list'][number];

/** Those who have an account or were invited, as admins see them. */
export type UserSummary = Outputs['users']['list']['data'][number];
export type UsersInput = Given<Inputs['users']['list']>;
export type UserView = Outputs['users']['get'];
export type InviteInput = Inputs['users']['invite'];
export type Role = UserSummary['role'];

export type TimecardView = Outputs['timecards']['get'];
export type TimecardEntryView = TimecardView['entries'][number];
export type TimecardSummary = Outputs['timecards']['list']['data'][number];
export type TimecardStatus = TimecardSummary['status'];
export type TimecardsInput = Given<Inputs['timecards']['list']>;
export type CreateInput = Inputs['timecards']['create'];
export type UpdateInput = Inputs['timecards']['update'];

export type ReasonView = Outputs['reasons']['list'][number];

export type NotificationView = Outputs['notifications']['list']['data'][number];
export type NotificationList = Outputs['notifications']['list'];
export type PreferencesView = Outputs['notifications']['preferences'];
export type PreferencesInput = Given<Inputs['notifications']['setPreferences']>;
export type MessageView = Outputs['messages']['get'];
export type MessageSummary = Outputs['messages']['list']['data'][number];
export type MessagesInput = Given<Inputs['messages']['list']>;

/** Which protections of the log hold. */
export type HealthView = Outputs['health']['get'];
export type HealthCheckView = HealthView['checks'][number];

/** The reader's tokens for programs. */
export type TokenList = Outputs['tokens']['list'];
export type TokenView = TokenList['tokens'][number];
export type TokenInput = Inputs['tokens']['create'];

/** What was unusual about people's reading. */
export type UnusualList = Outputs['unusualAccess']['list'];
export type UnusualView = UnusualList['data'][number];
export type UnusualInput = Given<Inputs['unusualAccess']['list']>;
export type UnusualLimits = Outputs['unusualAccess']['limits'];

/** Who may see and do what, and the settings that it depends on. */
export type RightsView = Outputs['rights']['get'];
export type RightsRow = RightsView['rows'][number];
export type RightSetting = RightsView['settings'][number];
export type Extent = RightsRow['extents'][keyof RightsRow['extents']];

/** Somebody else who has a record open. */
export type PresentPerson = StepOf<Outputs['presence']['live']>['people'][number];
type StepOf<Steps> = Steps extends AsyncIterable<infer Step> ? Step : never;

/** An uploaded file of hours: how it is read, and what importing it would do. */
export type UploadView = Outputs['imports']['get'];
export type UploadLayout = NonNullable<UploadView['layout']>;
export type UploadCounts = NonNullable<UploadView['counts']>;
export type UploadShiftView = Outputs['imports']['shifts']['data'][number];
export type UploadProblemView = Outputs['imports']['problems']['data'][number];
export type ImportView = Outputs['imports']['confirm'];

export type FormField = Outputs['forms']['describe']['fields'][number];

/** A stretch of the feed: everything after `from`, up to and including `to`; what it doesn't hold, one may not see or didn't ask for. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly events: readonly EventView[];
}
