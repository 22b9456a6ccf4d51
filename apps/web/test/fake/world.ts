import type { RouterInputs, RouterOutputs } from '@countersign/client';
import type { Invited } from '../../src/api/invitation.ts';
import type { Demo, Session, SignedIn } from '../../src/api/session.ts';
import type {
  AnswerView,
  CompletenessView,
  EventFilter,
  EventPage,
  EventView,
  FormField,
  HealthView,
  MessagesInput,
  MessageView,
  NotificationList,
  NotificationView,
  PreferencesInput,
  PreferencesView,
  PresentPerson,
  ReasonView,
  RightsView,
  Stretch,
  TimecardView,
  UnusualInput,
} from '../../src/api/views.ts';
import { NO_CHANGES } from '@countersign/domain/record/answers/answer.rules';
import type { FactorView } from '../../src/api/second-factor.ts';
import type { TrafficState } from '../../src/features/traffic/traffic-query.ts';
import { makeCard, usual } from './cards.ts';
import { WELL } from './health.ts';
import { RIGHTS } from './rights.ts';
import type { ProviderLinks, SessionView } from '../../src/api/account.ts';
import { SESSIONS } from './account.ts';
import { matches, oneOf } from './matches.ts';
import { overviewOf } from './overview.ts';
import { PREFERENCES } from './notices.ts';
import { PEOPLE, SITES, VOCABULARY } from './people.ts';
import { uuid } from './random.ts';
import { Refused, type Refusal } from './refused.ts';
import { Unusual } from './unusual.ts';
import { Users } from './users.ts';

type OverviewInput = EventFilter & { readonly timeZone?: string; readonly bars?: number };
type Procedure = (input: never) => unknown;
type Follower = (stretch: Stretch) => void;
type Listener = (told: readonly NotificationView[]) => void;

const time = (name: string, title: string): FormField => ({ name, title, kind: 'time', required: false });

/** The form of `timecards.update`, as the server derives it. */
export const UPDATE_FORM: readonly FormField[] = [
  { name: 'reason', title: 'Reason', kind: 'text', required: false, maxLength: 500 },
  time('checkInTime', 'Check In Time'),
  time('checkOutTime', 'Check Out Time'),
  time('breakStartTime', 'Break Start Time'),
  time('breakEndTime', 'Break End Time'),
  { name: 'adminNotes', title: 'Admin Notes', kind: 'longtext', required: false, maxLength: 4000 },
  {
    name: 'entries',
    title: 'Days',
    kind: 'list',
    required: false,
    fields: [
      { name: 'workDate', title: 'Day', kind: 'date', required: true },
      time('dailyCheckIn', 'Daily Check In'),
      time('dailyCheckOut', 'Daily Check Out'),
      time('dailyBreakStart', 'Daily Break Start'),
      time('dailyBreakEnd', 'Daily Break End'),
      { name: 'remove', title: 'Remove this day', kind: 'boolean', required: false },
    ],
  },
];

/** The form of `timecards.create`. */
const CREATE_FORM: readonly FormField[] = [
  { name: 'person', title: 'Person', kind: 'reference', required: true },
  { name: 'site', title: 'Site', kind: 'reference', required: true },
  { name: 'periodStart', title: 'First day', kind: 'date', required: true },
  { name: 'periodEnd', title: 'Last day', kind: 'date', required: true },
  ...UPDATE_FORM,
];

/** A small server in the page: enough of the contract for pages to be shown, and everything that can go wrong. */
export class World {
  user: SignedIn | null = {
    id: PEOPLE[0]?.id ?? '',
    name: 'Anna Berg',
    email: 'anna@example.com',
    role: 'admin',
    level: 5,
    time_zone: 'Europe/Berlin',
  };
  /** Of what they may see and do. */
  stamp = 'as ever';
  demo: Demo | null = null;
  provider: { name: string } | null = null;
  passwords = true;
  providers: ProviderLinks = { has_password: true, links: [] };
  readonly users = new Users();
  readonly unusual = new Unusual();
  /** Whom the link with the token `open` invites; null once it is accepted. */
  invited: Invited | null = { name: 'Ann Lund', email: 'ann@example.com', expires_at: '2026-11-29T09:00:00.000Z' };
  traffic: TrafficState = { wanted: 0, actual: 0, done: 0, ended: null };
  /** Every rate of traffic that was asked for. */
  readonly rates: number[] = [];
  cards: TimecardView[] = [];
  events: EventView[] = [];
  form: readonly FormField[] = UPDATE_FORM;
  /** By path of a procedure: what it throws instead of answering. */
  readonly refusals = new Map<string, Refusal>();
  /** By path: takes the place of the built-in answer. */
  readonly answers = new Map<string, Procedure>();
  /** Every command that arrived. */
  readonly commands: { readonly path: string; readonly input: Record<string, unknown> }[] = [];
  /** Every query that arrived, `audit.page` above all. */
  readonly asked: { readonly path: string; readonly input: Record<string, unknown> }[] = [];
  readonly followers = new Set<Follower>();
  /** Of every record. */
  completeness: CompletenessView = {
    since: { state: 'creation', from: { position: 10, at: '2026-11-03T07:12:04.000Z' } },
    gaps: [],
    underWay: false,
    latest: { at: '2026-11-04T02:47:00.000Z', result: 'clean', differences: [] },
    lastCleanAt: null,
  };
  reasons: ReasonView[] = [];
  /** Where the reader is signed in. */
  sessions: readonly SessionView[] = SESSIONS;
  /** Their second factor; whether they can do nothing until they have one. */
  factor: FactorView = { set_up_at: null, codes_left: 0, required: false };
  /** Whether they have signed in so long ago that their first one asks for the password. */
  signedInAgo = false;
  confined = false;
  /** Whether signing in asks for a code; and who has passed the first step then. */
  asksForCode = false;
  secondStep: Session['second_step'] = null;
  waiting: SignedIn | null = null;
  /** As whose the reader sees everything; and who they are themselves. */
  sight: Session['sight'] = null;
  self: SignedIn | null = null;
  /** What the reader answered to what others did. */
  given: AnswerView[] = [];
  /** Exports by others that held their records. */
  exports: RouterOutputs['exports']['ofMine']['data'] = [];
  preferences: PreferencesView = PREFERENCES;
  messages: MessageView[] = [];
  health: HealthView = WELL;
  rights: RightsView = RIGHTS;
  /** What the reader was told, newest first, and who follows it. */
  notices: NotificationView[] = [];
  readonly listeners = new Set<Listener>();
  /** Who else has the card open, and who hears of it. */
  present: PresentPerson[] = [];
  readonly watchers = new Set<() => void>();
  /** What pages said of themselves: whether they edit. */
  readonly said: boolean[] = [];
  /** Milliseconds before anything is answered. */
  delay = 0;
  /** Every line is cut as soon as it stands, as by a network that is gone; how often one was tried. */
  gone = false;
  tries = 0;
  /** Where a subscription may still begin; before, it is told to reload. */
  oldest = 0;

  get session(): Session {
    const { user, provider, passwords, demo } = this;
    return {
      user,
      confined: this.confined,
      second_step: user ? null : this.secondStep,
      sight: this.sight,
      rights: user && `${user.id} ${this.stamp}`,
      provider,
      passwords,
      demo,
    };
  }

  get head(): number {
    return this.events[0]?.position ?? 0;
  }

  /** Records events and tells everybody who follows; `skip` is how far the log went without anything to see. */
  commit(...events: EventView[]): void {
    const from = this.head;
    this.events = [...events.toSorted((one, other) => other.position - one.position), ...this.events];
    for (const follower of this.followers) follower({ from, to: this.head, events });
  }

  get unread(): number {
    return this.notices.filter(({ readAt }) => readAt === null).length;
  }

  /** Tells the reader something. */
  tell(...told: NotificationView[]): void {
    this.notices = [...told.toReversed(), ...this.notices];
    for (const listener of this.listeners) listener(told);
  }

  /** Others come, go, or begin to edit. */
  meet(...present: PresentPerson[]): void {
    this.present = present;
    for (const watcher of this.watchers) watcher();
  }

  #read(which: (notice: NotificationView) => boolean): { unread: number } {
    this.notices = this.notices.map((notice) => (which(notice) ? { ...notice, readAt: notice.readAt ?? notice.createdAt } : notice));
    return { unread: this.unread };
  }

  answer(path: string, input: unknown): unknown {
    const refusal = this.refusals.get(path);
    if (refusal) throw new Refused(refusal);
    const procedure = this.answers.get(path) ?? ({ ...this.#procedures, ...this.users.procedures } as Record<string, Procedure>)[path];
    if (!procedure) throw new Refused({ code: 'NOT_FOUND', message: `no procedure ${path}` });
    (path === 'rights.change' || (path.startsWith('timecards.') && !/list|get/.test(path)) ? this.commands : this.asked).push({
      path,
      input: (input ?? {}) as Record<string, unknown>,
    });
    return procedure(input as never);
  }

  #reason(id: string, change: Partial<ReasonView>): ReasonView {
    this.reasons = this.reasons.map((one) => (one.id === id ? { ...one, ...change, version: one.version + 1 } : one));
    return this.reasons.find((one) => one.id === id) as ReasonView;
  }

  card(id: string): TimecardView {
    const card = this.cards.find((one) => one.id === id);
    if (!card) throw new Refused({ code: 'NOT_FOUND', message: 'There is no such timecard.', details: 'It may have been deleted.' });
    return card;
  }

  replace(id: string, change: Partial<TimecardView>): TimecardView {
    const card = { ...this.card(id), ...change, version: this.card(id).version + 1 };
    this.cards = this.cards.map((one) => (one.id === id ? card : one));
    return card;
  }

  get #unanswered(): EventView[] {
    const given = new Set(this.given.map(({ change, record }) => `${change} ${record}`));
    return this.events.filter(({ changeId, root }) => !given.has(`${changeId} ${root?.type}:${root?.id}`));
  }

  readonly #procedures = {
    'people.list': () => ({ data: PEOPLE, pagination: { total: PEOPLE.length, limit: 500, offset: 0, hasMore: false } }),
    'people.me': () => this.user,
    'sites.list': () => SITES,
    'audit.vocabulary': () => VOCABULARY,
    'forms.describe': ({ command }: { command: string }) => ({ fields: command === 'timecards.create' ? CREATE_FORM : this.form }),
    'audit.page': ({ before, limit = 50, unanswered, ...filter }: EventFilter & { before?: number; limit?: number }): EventPage => {
      const found = (unanswered ? this.#unanswered : this.events).filter((event) => matches(event, filter));
      const below = found.filter(({ position }) => before === undefined || position < before);
      const events = below.slice(0, limit);
      return {
        events,
        position: this.head,
        next: below.length > limit ? (events.at(-1)?.position ?? null) : null,
        total: { count: found.length, more: false },
        waiting: 0,
      };
    },
    'audit.overview': ({ timeZone = 'UTC', bars: atMost = 60, ...filter }: OverviewInput) =>
      overviewOf(this.events, { filter, timeZone, atMost }),
    'audit.event': ({ position }: { position: number }) => {
      const event = this.events.find((one) => one.position === position);
      if (!event) throw new Refused({ code: 'NOT_FOUND', message: 'There is no such event, or you may not see it.' });
      return event;
    },
    'audit.completeness': (): CompletenessView => this.completeness,
    'timecards.list': ({
      status,
      person,
      site,
      from,
      to,
      limit = 50,
      offset = 0,
    }: Exclude<RouterInputs['timecards']['list'], void | undefined> & {
      limit?: number;
      offset?: number;
    }): RouterOutputs['timecards']['list'] => {
      const found = this.cards.filter(
        (card) =>
          (!status || [status].flat().includes(card.status)) &&
          (!person || card.person.id === person) &&
          (!site || card.site.id === site) &&
          (!from || card.periodEnd >= from) &&
          (!to || card.periodStart <= to),
      );
      return {
        data: found.slice(offset, offset + limit),
        pagination: { total: found.length, limit, offset, hasMore: offset + limit < found.length },
      };
    },
    'notifications.list': ({
      unread = false,
      before = Infinity,
      limit = 30,
    }: {
      unread?: boolean;
      before?: number;
      limit?: number;
    } = {}): NotificationList => {
      const found = this.notices.filter(({ number, readAt }) => number < before && (!unread || readAt === null));
      const data = found.slice(0, limit);
      return { data, unread: this.unread, next: found.length > limit ? (data.at(-1)?.number ?? null) : null };
    },
    'notifications.preferences': () => this.preferences,
    'notifications.setPreferences': ({ turnedOff, ...change }: PreferencesInput) => {
      const kinds = this.preferences.kinds.map((kind) => (turnedOff ? { ...kind, on: !turnedOff.includes(kind.name) } : kind));
      this.preferences = { ...this.preferences, ...(change as Partial<PreferencesView>), kinds };
      return this.preferences;
    },
    'messages.list': ({ status, channel, limit = 50, offset = 0 }: MessagesInput & { limit?: number; offset?: number }) => {
      const found = this.messages.filter((one) => oneOf(status, one.status) && oneOf(channel, one.channel));
      return {
        data: found.slice(offset, offset + limit),
        pagination: { total: found.length, limit, offset, hasMore: offset + limit < found.length },
      };
    },
    'unusualAccess.list': (input: UnusualInput & { limit?: number; offset?: number } = {}) => this.unusual.list(input),
    'unusualAccess.explain': (input: RouterInputs['unusualAccess']['explain']) => this.unusual.explain(input),
    'unusualAccess.limits': () => this.unusual.limits,
    'unusualAccess.setLimits': ({ before: _before, reason: _reason, ...limits }: RouterInputs['unusualAccess']['setLimits']) =>
      (this.unusual.limits = limits),
    'health.get': () => this.health,
    'rights.get': () => this.rights,
    'rights.change': ({ name, value, reason }: RouterInputs['rights']['change']) => {
      if (reason.length < 3)
        throw new Refused({
          code: 'VALIDATION_ERROR',
          message: 'Invalid input',
          fields: [{ field: 'reason', message: 'Say why, in three letters or more.' }],
        });
      const settings = this.rights.settings.map((one) => (one.name === name ? { ...one, value, version: (one.version ?? 0) + 1 } : one));
      this.rights = { ...this.rights, settings };
      return this.rights;
    },
    'messages.get': ({ id }: { id: string }) => {
      const message = this.messages.find((one) => one.id === id);
      if (!message) throw new Refused({ code: 'NOT_FOUND', message: 'There is no such message.' });
      return message;
    },
    'messages.retry': ({ id }: { id: string }) => {
      this.messages = this.messages.map((one) => (one.id === id ? { ...one, status: 'waiting', settledAt: null, lastError: null } : one));
      return this.messages.find((one) => one.id === id);
    },
    'push.unsubscribe': ({ id }: { id: string }) => {
      this.preferences = { ...this.preferences, browsers: this.preferences.browsers.filter((one) => one.id !== id) };
      return { id };
    },
    'notifications.read': ({ ids }: { ids: string[] }) => this.#read(({ id }) => ids.includes(id)),
    'notifications.readAll': ({ upTo }: { upTo: number }) => this.#read(({ number }) => number <= upTo),
    'exports.ofMine': ({ limit = 20, offset = 0 }: { limit?: number; offset?: number } = {}) => ({
      data: this.exports.slice(offset, offset + limit),
      pagination: { total: this.exports.length, limit, offset, hasMore: offset + limit < this.exports.length },
    }),
    'answers.waiting': () => {
      const { id } = this.user ?? { id: '' };
      const found = this.#unanswered.filter((event) => matches(event, { subject: id, withoutActor: id, withoutArea: [...NO_CHANGES] }));
      return { count: new Set(found.map(({ changeId }) => changeId)).size, more: false };
    },
    'answers.list': () => ({ answers: this.given }),
    'answers.give': ({ change, record, verdict, reason }: RouterInputs['answers']['give']) => {
      const answer: AnswerView = { change, record, verdict, reason: reason ?? null, at: '2026-11-06T13:00:00.000Z' };
      this.given = [answer, ...this.given.filter((one) => one.change !== change || one.record !== record)];
      return answer;
    },
    'reasons.list': () => this.reasons,
    'reasons.create': ({ label, offeredFor }: RouterInputs['reasons']['create']) => {
      if (label.length < 3)
        throw new Refused({
          code: 'VALIDATION_ERROR',
          message: 'Invalid input',
          fields: [{ field: 'label', message: 'Give the reason a name of three letters or more.' }],
        });
      const made = { id: uuid(9, this.reasons.length + 1), version: 1, label, offeredFor: [...offeredFor], active: true };
      this.reasons = [...this.reasons, made];
      return made;
    },
    'reasons.update': ({ id, label, offeredFor }: RouterInputs['reasons']['update']) =>
      this.#reason(id, { ...(label !== undefined && { label }), ...(offeredFor && { offeredFor: [...offeredFor] }) }),
    'reasons.retire': ({ id }: { id: string }) => this.#reason(id, { active: false }),
    'reasons.restore': ({ id }: { id: string }) => this.#reason(id, { active: true }),
    'reasons.arrange': ({ ids }: { ids: string[] }) => {
      this.reasons = this.reasons.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
      return this.reasons;
    },
    'timecards.get': ({ id }: { id: string }) => this.card(id),
    'timecards.create': (input: RouterInputs['timecards']['create']) => {
      const card = made(input);
      this.cards = [card, ...this.cards];
      return card;
    },
    'timecards.update': (input: RouterInputs['timecards']['update']) => this.replace(input.id, edited(this.card(input.id), input)),
    'timecards.reject': (input: RouterInputs['timecards']['reject']) =>
      this.replace(input.id, { ...edited(this.card(input.id), input), status: 'rejected', rejectionReason: input.reason }),
    'timecards.approve': ({ id }: { id: string }) => this.replace(id, { status: 'approved', editedAfterApproval: false }),
    'timecards.submit': ({ id }: { id: string }) => this.replace(id, { status: 'submitted' }),
    'timecards.delete': ({ id }: { id: string }) => {
      this.cards = this.cards.filter((card) => card.id !== id);
      return { id };
    },
  };
}

function made({ person, site, periodStart, periodEnd }: RouterInputs['timecards']['create']): TimecardView {
  const whose = PEOPLE.find(({ id }) => id === person) ?? { id: person, name: 'Somebody' };
  const card = makeCard({
    person: whose,
    site: SITES.findIndex(({ id }) => id === site),
    start: periodStart,
    ...(periodStart === periodEnd && { days: [usual(periodStart)] }),
  });
  return { ...card, periodEnd };
}

function edited(
  card: TimecardView,
  { entries = [], id: _id, version: _version, reason: _reason, ...own }: RouterInputs['timecards']['update'],
): Partial<TimecardView> {
  const days = card.entries.map((entry) => ({ ...entry, ...entries.find(({ workDate }) => workDate === entry.workDate) }));
  const defined = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...defined, entries: days.filter((day) => !('remove' in day && day.remove)) };
}
