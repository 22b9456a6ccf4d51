import { randomBytes } from 'node:crypto';
import type { CardState } from './stage.ts';
import type { CommandName } from './tables.ts';
import type { Thing } from './things.ts';

/** What a call is about. Of a record that doesn't exist the same, made up. */
export interface About {
  readonly id: string;
  readonly version: number;
  /** Whose it is, and where. */
  readonly owner: string;
  readonly site: string;
  /** A change set of it, and its place in the log. */
  readonly change: string;
  readonly position: number;
  readonly why: string;
  /** Of a card of one day. */
  readonly day: string;
}

/** Which rule says who may; in the words of `tables.ts`. */
export type Rule =
  /** Whoever is signed in: it shows and changes what is theirs or everybody's. */
  | 'signed in'
  /** AC-2: whoever sees the record's log. To others it is as if there were no such record. */
  | 'sees the record'
  /** AC-2: everybody asks, and finds what they see. */
  | 'finds what they see'
  /** As that, among people: oneself, and those in one's charge. */
  | 'finds whom they see'
  /** AC-2: export. */
  | 'export'
  /** Nobody but whose it is, whatever their role. */
  | 'whose it is'
  | { readonly command: CommandName; readonly whoseItIs?: true; readonly writesSensitive?: true };

/** One way to call a procedure, and what the specification says of it. */
export interface Example {
  readonly rule: Rule;
  /** What it is called on: a card with a history, a card in a state, another thing; absent where it is about nothing in particular. */
  readonly on?: 'history' | CardState | Thing;
  readonly input: (about: About) => Readonly<Record<string, unknown>>;
  /** AUD-35: it tells by name who did something with one's records, whoever that is. */
  readonly namesWhoDidIt?: true;
  /** What else than success says that one was let in: what one could only be told once one was. */
  readonly passed?: readonly number[];
  /** What an answer to whoever sees the record holds: why it was changed, whose it is, what its sensitive field says. */
  readonly holds?: readonly ('why' | 'whose' | 'secret')[];
  /** How much an answer says was found, counts and facets together: 0 for whoever sees none of it. */
  readonly found?: (answer: never) => number;
}

const CASE = 'timecard: create, edit draft or rejected, submit';
const DECIDE = 'timecard: approve, reject (with edits)';
const UNDO = 'timecard: undo, import';
const UNUSUAL = { command: 'unusual access: read and explain' } as const;
const ADMIN = { command: 'credits, jobs, settings, pick-lists, users, retention' } as const;

const UNUSUAL_LIMITS = {
  unusualRecords: 100,
  unusualRows: 10_000,
  unusualPeople: 250,
  unusualExports: 300,
  unusualTimes: 3,
  unusualHoursApart: 3,
  unusualFewest: 3,
};

const nothing = () => ({});
const theId = ({ id }: About) => ({ id });
const theVersion = ({ id, version }: About) => ({ id, version });
const root = ({ id }: About) => ({ root: `Timecard:${id}` });
const reason = 'it was wrong before';
const freshMail = () => `${randomBytes(9).toString('hex')}@example.com`;
const edited = (about: About) => ({ ...theVersion(about), checkOutTime: `${about.day}T15:30:00Z`, reason });
const mended = { command: UNDO, whoseItIs: true } as const;

const counted = (answer: { readonly total: { readonly count: number } }) => answer.total.count;

/**
 * How each procedure is called, and who may. **A procedure without an entry here fails the tests by name**: say which rule of the
 * specification it goes by, and give an input of it that is valid for the record in `about`. What a rule demands stands
 * in `tables.ts`, and comes from the specification, never from the code.
 */
export const EXAMPLES: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  'audit.live': { all: { rule: 'finds what they see', input: nothing } },
  'audit.page': {
    'by record': { rule: 'finds what they see', on: 'history', input: root, found: counted, holds: ['why', 'secret'] },
    'by text': {
      rule: 'finds what they see',
      on: 'history',
      input: ({ why }) => ({ text: why }),
      found: counted,
      holds: ['why', 'secret'],
    },
    'by change set': { rule: 'finds what they see', on: 'history', input: ({ change }) => ({ change }), found: counted, holds: ['why'] },
    'by field': {
      rule: 'finds what they see',
      on: 'history',
      input: (about) => ({ ...root(about), field: 'admin_notes' }),
      holds: ['secret'],
    },
    all: { rule: 'signed in', input: () => ({ limit: 100 }) },
  },
  'audit.overview': {
    'by record': {
      rule: 'finds what they see',
      on: 'history',
      input: root,
      found: ({ total, bars, facets }: OverviewAnswer) =>
        [total, ...bars, ...facets.area.values, ...facets.action.values, ...facets.actor.values].reduce((sum, { count }) => sum + count, 0),
    },
    'by text': { rule: 'finds what they see', on: 'history', input: ({ why }) => ({ text: why }), found: counted },
    all: { rule: 'signed in', input: nothing },
  },
  'audit.event': {
    one: { rule: 'sees the record', on: 'history', input: ({ position }) => ({ position }), holds: ['why', 'secret'] },
  },
  'audit.logs': {
    'of a root': {
      rule: 'finds what they see',
      on: 'history',
      input: ({ id }) => ({ rootType: 'Timecard', rootId: id }),
      found: ({ pagination }: LogsAnswer) => pagination.total,
      holds: ['why', 'secret'],
    },
    grouped: {
      rule: 'finds what they see',
      on: 'history',
      input: ({ id }) => ({ rootId: id, grouped: true }),
      found: ({ pagination }: LogsAnswer) => pagination.total,
      holds: ['why', 'secret'],
    },
    all: { rule: 'signed in', input: () => ({ limit: 100 }) },
  },
  'audit.vocabulary': { all: { rule: 'signed in', input: nothing } },
  'audit.asOf': {
    now: { rule: 'sees the record', on: 'history', input: root, holds: ['secret'] },
    'as of a position': {
      rule: 'sees the record',
      on: 'history',
      input: (about) => ({ ...root(about), position: about.position }),
      holds: ['secret'],
    },
    'a target': { rule: 'sees the record', on: 'history', input: ({ id }) => ({ target: `Timecard:${id}` }), holds: ['secret'] },
  },
  'audit.moments': { all: { rule: 'sees the record', on: 'history', input: root, holds: ['why'] } },
  'audit.completeness': {
    all: {
      rule: 'finds what they see',
      on: 'history',
      input: root,
      found: ({ since }: { readonly since: { readonly state: string } }) => (since.state === 'nothing' ? 0 : 1),
    },
  },
  'timecards.auditLogs': {
    rows: { rule: 'sees the record', on: 'history', input: theId, holds: ['why', 'secret'] },
    grouped: { rule: 'sees the record', on: 'history', input: ({ id }) => ({ id, grouped: true }), holds: ['why', 'secret'] },
  },

  'timecards.get': { one: { rule: 'sees the record', on: 'history', input: theId, holds: ['whose', 'secret'] } },
  'timecards.list': {
    'of a person': {
      rule: 'finds what they see',
      on: 'history',
      input: ({ owner }) => ({ person: owner, to: '1999-12-31', from: '1999-12-01' }),
      found: ({ pagination }: LogsAnswer) => pagination.total,
      holds: ['whose'],
    },
    all: { rule: 'signed in', input: () => ({ limit: 100 }) },
  },
  'timecards.create': {
    one: {
      rule: { command: CASE },
      on: 'history',
      input: ({ owner, site }) => ({ person: owner, site, periodStart: '2033-01-03', periodEnd: '2033-01-03' }),
    },
  },
  'timecards.update': {
    'a draft': { rule: { command: CASE }, on: 'draft', input: edited },
    'a rejected card': { rule: { command: CASE }, on: 'rejected', input: edited },
    'an approved card': { rule: { command: 'timecard: edit approved' }, on: 'approved', input: edited },
    'its sensitive field': {
      rule: { command: CASE, writesSensitive: true },
      on: 'draft',
      input: (about) => ({ ...edited(about), adminNotes: 'Checked at the gate' }),
    },
  },
  'timecards.submit': { 'a draft': { rule: { command: CASE }, on: 'draft', input: theVersion } },
  'timecards.approve': { 'a submitted card': { rule: { command: DECIDE }, on: 'submitted', input: theVersion } },
  'timecards.reject': {
    'a submitted card': { rule: { command: DECIDE }, on: 'submitted', input: (about) => ({ ...theVersion(about), reason }) },
    'with edits': { rule: { command: DECIDE }, on: 'submitted', input: edited },
  },
  'timecards.delete': {
    'a draft': { rule: { command: 'timecard: delete a draft' }, on: 'draft', input: (about) => ({ ...theVersion(about), reason }) },
  },
  'timecards.undo': {
    'of a draft': { rule: { command: UNDO }, on: 'edited draft', input: ({ id, change }) => ({ id, change, reason }) },
    'of an approved card': {
      rule: { command: 'timecard: undo of an approved card' },
      on: 'edited approved',
      input: ({ id, change }) => ({ id, change, reason }),
    },
  },
  'timecards.export': { all: { rule: 'export', input: nothing } },

  'exports.ofMine': { all: { rule: 'signed in', input: nothing, namesWhoDidIt: true } },

  'imports.upload': { one: { rule: { command: UNDO }, input: () => ({ fileName: 'hours.csv' }) } },
  'imports.limits': { all: { rule: { command: UNDO }, input: nothing } },
  'imports.get': { one: { rule: mended, on: 'upload', input: theId } },
  'imports.shifts': { all: { rule: mended, on: 'upload', input: theId } },
  'imports.problems': { all: { rule: mended, on: 'upload', input: theId } },
  'imports.look': { again: { rule: mended, on: 'upload', input: ({ id }) => ({ id, headingLine: 1 }) } },
  'imports.read': { again: { rule: mended, on: 'upload', input: ({ id }) => ({ id, rows: 'shift' }) } },
  // After the first one its shift stands already.
  'imports.confirm': { one: { rule: mended, on: 'upload', input: ({ id }) => ({ id, reason }), passed: [400, 409] } },
  'imports.discard': { one: { rule: mended, on: 'upload', input: theId } },
  'imports.result': { one: { rule: { command: UNDO }, on: 'import', input: theId } },

  'people.list': { all: { rule: 'finds whom they see', on: 'history', input: () => ({ limit: 500 }), holds: ['whose'] } },
  'people.me': { all: { rule: 'signed in', input: nothing } },
  'sites.list': { all: { rule: 'signed in', input: nothing } },
  'users.list': { all: { rule: ADMIN, input: nothing } },
  'users.get': { one: { rule: ADMIN, on: 'user', input: theId } },
  'users.invite': { one: { rule: ADMIN, input: () => ({ firstName: 'New', lastName: 'Face', role: 'worker', email: freshMail() }) } },
  'users.correct': {
    one: {
      rule: ADMIN,
      on: 'user',
      input: (about) => ({
        ...theVersion(about),
        firstName: 'Ann',
        lastName: 'Berg',
        email: `${crypto.randomUUID()}@example.com`,
        reason,
      }),
    },
  },
  'users.changeRole': { one: { rule: ADMIN, on: 'user', input: (about) => ({ ...theVersion(about), role: 'worker', level: 2, reason }) } },
  'users.disable': { one: { rule: ADMIN, on: 'user', input: (about) => ({ ...theVersion(about), reason }) } },
  'users.enable': { one: { rule: ADMIN, on: 'user', input: (about) => ({ ...theVersion(about), reason }) } },
  'users.signOutEverywhere': { one: { rule: ADMIN, on: 'user', input: ({ id }) => ({ id, reason }) } },
  'users.resetSecondFactor': { one: { rule: ADMIN, on: 'user', input: (about) => ({ ...theVersion(about), reason }) } },
  // They have none.
  'users.unlinkProvider': {
    one: { rule: ADMIN, on: 'user', input: (about) => ({ ...theVersion(about), link: crypto.randomUUID(), reason }), passed: [404] },
  },
  'users.resendInvitation': { one: { rule: ADMIN, on: 'user', input: ({ id }) => ({ id, version: null }) } },
  // There is none to withdraw, and no link to take.
  'users.withdrawInvitation': { one: { rule: ADMIN, on: 'user', input: (about) => ({ ...theVersion(about), reason }), passed: [409] } },
  'users.invitationLink': { one: { rule: ADMIN, on: 'user', input: theId, passed: [409] } },
  'users.assign': { one: { rule: ADMIN, on: 'user', input: ({ id, site }) => ({ holder: id, kind: 'supervises', site, reason }) } },
  'users.endResponsibility': { one: { rule: ADMIN, on: 'responsibility', input: ({ id }) => ({ id, reason }) } },
  'rights.get': { all: { rule: ADMIN, input: nothing } },
  // As it stands already: what others are asked at the same time rests on it.
  'rights.change': { one: { rule: ADMIN, input: () => ({ name: 'inHouseSeesEverything', value: true, version: null, reason }) } },
  'unusualAccess.list': { all: { rule: UNUSUAL, input: nothing } },
  'unusualAccess.explain': {
    one: { rule: UNUSUAL, on: 'unusual', input: (about) => ({ ...theVersion(about), verdict: 'right', note: 'a hearing' }) },
  },
  'unusualAccess.limits': { all: { rule: UNUSUAL, input: nothing } },
  // As they stand already.
  'unusualAccess.setLimits': { one: { rule: ADMIN, input: () => ({ ...UNUSUAL_LIMITS, before: UNUSUAL_LIMITS, reason }) } },
  'health.get': { all: { rule: ADMIN, input: nothing } },
  'forms.describe': { one: { rule: 'signed in', input: () => ({ command: 'timecards.update' }) } },

  'answers.list': { all: { rule: 'signed in', input: nothing } },
  'answers.waiting': { all: { rule: 'signed in', input: nothing } },
  'answers.give': {
    one: { rule: 'whose it is', on: 'history', input: ({ id, change }) => ({ change, record: `Timecard:${id}`, verdict: 'confirmed' }) },
  },

  'reasons.list': { all: { rule: 'signed in', input: nothing } },
  'reasons.create': {
    one: { rule: ADMIN, input: () => ({ label: `Reason ${randomBytes(9).toString('hex')}`, offeredFor: ['rejection'] }) },
  },
  'reasons.update': { one: { rule: ADMIN, on: 'reason', input: (about) => ({ ...theVersion(about), offeredFor: ['rejection'] }) } },
  'reasons.retire': { one: { rule: ADMIN, on: 'reason', input: theVersion } },
  'reasons.restore': { one: { rule: ADMIN, on: 'reason', input: theVersion } },
  // Others make some at the same time: the list has changed since.
  'reasons.arrange': { all: { rule: ADMIN, on: 'reason', input: ({ id }) => ({ ids: [id] }), passed: [409] } },

  'messages.list': { all: { rule: ADMIN, input: nothing } },
  'messages.get': { one: { rule: ADMIN, on: 'message', input: theId } },
  'messages.retry': { one: { rule: ADMIN, on: 'message', input: theId } },

  'presence.live': { one: { rule: 'sees the record', on: 'history', input: root } },
  'notifications.live': { all: { rule: 'signed in', input: nothing } },
  'notifications.list': { all: { rule: 'signed in', input: nothing } },
  // Ids of others' notices are passed over.
  'notifications.read': { one: { rule: 'signed in', on: 'notice', input: ({ id }) => ({ ids: [id] }) } },
  'notifications.readAll': { all: { rule: 'signed in', input: () => ({ upTo: 1 }) } },
  'notifications.preferences': { all: { rule: 'signed in', input: nothing } },
  'notifications.setPreferences': { all: { rule: 'signed in', input: () => ({ quiet: true }) } },
  'push.subscribe': {
    one: {
      rule: 'signed in',
      input: () => ({
        endpoint: `https://push.example.com/${randomBytes(9).toString('hex')}`,
        p256dh: 'B'.repeat(87),
        auth: 'a'.repeat(22),
        browser: 'Firefox on Linux',
      }),
    },
  },
  'push.unsubscribe': { one: { rule: 'whose it is', on: 'push', input: theId } },

  // With a wrong present one: whoever is let in learns that.
  'password.change': { one: { rule: 'signed in', input: () => ({ current: 'not it', password: 'three words in a row' }), passed: [400] } },
  'sessions.list': { all: { rule: 'signed in', input: nothing } },
  'sessions.end': { one: { rule: 'whose it is', on: 'session', input: theId } },
  'secondFactor.get': { all: { rule: 'signed in', input: nothing } },
  'secondFactor.offer': { all: { rule: 'signed in', input: nothing } },
  // There is none, and what is offered here was never made: whoever is let in learns that.
  'secondFactor.setUp': { one: { rule: 'signed in', input: () => ({ offer: 'made-up', confirmation: '123456' }), passed: [404] } },
  'secondFactor.renewCodes': { all: { rule: 'signed in', input: () => ({ password: 'not it' }), passed: [409] } },
  'secondFactor.remove': { all: { rule: 'signed in', input: () => ({ password: 'not it' }), passed: [409] } },
  'providers.list': { all: { rule: 'signed in', input: nothing } },
  // Whoever has no other way to sign in keeps it.
  'providers.unlink': { one: { rule: 'whose it is', on: 'provider link', input: theId, passed: [409] } },
  // Each in a session of its own, which it turns: nobody's here.
  'sight.start': { nobody: { rule: ADMIN, input: () => ({ user: crypto.randomUUID(), reason }), passed: [404] } },
  'tokens.list': { all: { rule: 'signed in', input: nothing } },
  'tokens.create': { one: { rule: 'signed in', input: () => ({ name: 'a program', scopes: ['signedIn'], days: 1 }) } },
  'tokens.revoke': { one: { rule: 'whose it is', on: 'token', input: theId } },

  // Of a demonstration, which this isn't: whoever would be let in learns that there is none.
  'demo.traffic': { all: { rule: ADMIN, input: nothing, passed: [404] } },
  'demo.setTraffic': { off: { rule: ADMIN, input: () => ({ rate: 0 }), passed: [404] } },
};

interface OverviewAnswer {
  readonly total: { readonly count: number };
  readonly bars: readonly { readonly count: number }[];
  readonly facets: Readonly<Record<'area' | 'action' | 'actor', { readonly values: readonly { readonly count: number }[] }>>;
}

interface LogsAnswer {
  readonly pagination: { readonly total: number };
}

/**
 * What is served to whoever asks, signed in or not, and no definition describes: by method and path as the router has them. **A route that
 * is neither here nor in the interface fails the tests by name.** What they answer is checked for what nobody may see.
 */
export const PLAIN: Readonly<Record<string, { readonly path: string; readonly status: readonly number[]; readonly body?: object }>> = {
  'GET /healthz': { path: '/healthz', status: [200] },
  'GET /readyz': { path: '/readyz', status: [200] },
  'GET /metrics': { path: '/metrics', status: [200] },
  'GET /api/openapi.json': { path: '/api/openapi.json', status: [200] },
  'GET /docs': { path: '/docs', status: [200] },
  'GET /docs/docs.css': { path: '/docs/docs.css', status: [200] },
  'ALL /api/*': { path: '/api/nothing-here', status: [404] },
  'ALL /trpc/*': { path: '/trpc/nothing.here', status: [404] },
  'GET /api/session': { path: '/api/session', status: [200] },
  'GET /api/auth/oidc/start': { path: '/api/auth/oidc/start', status: [404] },
  'GET /api/auth/oidc/callback': { path: '/api/auth/oidc/callback', status: [404] },
  'POST /api/auth/sign-in/email': {
    path: '/api/auth/sign-in/email',
    status: [401],
    body: { email: 'nobody@example.com', password: 'no such password' },
  },
  'POST /api/auth/sign-in/code': { path: '/api/auth/sign-in/code', status: [404], body: { code: '123456' } },
  'POST /api/auth/sign-in/give-up': { path: '/api/auth/sign-in/give-up', status: [200], body: {} },
  'POST /api/auth/invitation': { path: '/api/auth/invitation', status: [404], body: { token: 'of-nobody' } },
  'POST /api/auth/invitation/accept': {
    path: '/api/auth/invitation/accept',
    status: [404],
    body: { token: 'of-nobody', password: 'a few words in a row' },
  },
  'POST /api/auth/password/forgotten': { path: '/api/auth/password/forgotten', status: [200], body: { email: 'nobody@example.com' } },
  'POST /api/auth/password/reset': {
    path: '/api/auth/password/reset',
    status: [404],
    body: { token: 'made-up', password: 'three words in a row' },
  },
  'POST /api/auth/sight/stop': { path: '/api/auth/sight/stop', status: [401], body: {} },
  'POST /api/auth/sign-out': { path: '/api/auth/sign-out', status: [200], body: {} },
  'POST /api/auth/sign-out-everywhere': { path: '/api/auth/sign-out-everywhere', status: [200, 401], body: {} },
};
