import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { now } from '../../clock.ts';
import { query } from '../../definition.ts';
import { accountState } from '../account-state.rules.ts';
import { noSuchUser } from './acting-admin.ts';
import { Credential } from '../credential.ts';
import { Invitation } from '../invitation/invitation.ts';
import { MATRIX, type Role } from '../rights/permissions.ts';
import { ProviderLink } from '../provider/provider-link.ts';
import { Responsibility } from '../responsibility.ts';
import { factorOf } from '../second-factor/own-factor.ts';
import { Session } from '../session/session.ts';
import { isOver } from '../session/sign-in.ts';
import { fullName, User } from '../user.ts';
import { type LISTED_STATES, listUsersInput, userList, userView, type UserView } from './users.views.ts';
import { COUNTS } from '../viewer.ts';

export const listUsers = query({
  name: 'users.list',
  summary: 'Everybody who has an account or was invited, by name',
  input: listUsersInput,
  output: userList,
  rest: { method: 'GET', path: '/api/users' },
  permission: MATRIX.users,
  run: async ({ search = '', role, state, limit, offset }, { em }) => {
    const { where, values } = conditions({ words: wordsIn(search), roles: listOf(role), states: listOf(state) });
    const from = `from profiles u left join credentials c on c.user_id = u.id left join invitations i on i.user_id = u.id ${where}`;
    const [counted] = await em.execute<{ total: number }[]>(`select count(*)::int as total ${from}`, values);
    const rows = await em.execute<Row[]>(
      `select u.id, u.first_name, u.last_name, u.email, u.role, u.level, u.disabled_at, ${HAS_SIGN_IN} as has_sign_in,
         i.expires_at, i.withdrawn_at ${from} order by lower(u.first_name), lower(u.last_name), u.id limit ? offset ?`,
      [...values, limit, offset],
    );
    const total = counted?.total ?? 0;
    return { data: rows.map(summaryOf), pagination: { total, limit, offset, hasMore: offset + rows.length < total } };
  },
});

export const getUser = query({
  name: 'users.get',
  summary: 'One user: role, responsibilities, and how their account stands',
  input: z.strictObject({ id: z.uuid() }),
  output: userView,
  rest: { method: 'GET', path: '/api/users/{id}' },
  permission: MATRIX.users,
  run: ({ id }, { em }) => presentUser(em, id),
});

interface Row {
  readonly id: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly role: Role;
  readonly level: number;
  readonly disabled_at: Date | string | null;
  readonly has_sign_in: boolean;
  readonly expires_at: Date | string | null;
  readonly withdrawn_at: Date | string | null;
}

function summaryOf(row: Row): z.input<typeof userList>['data'][number] {
  const { id, email, role, level } = row;
  const invitation = row.expires_at === null ? null : { expiresAt: new Date(row.expires_at), withdrawnAt: dateOf(row.withdrawn_at) };
  const state = accountState({ disabledAt: dateOf(row.disabled_at), hasSignIn: row.has_sign_in, invitation }, now());
  return { id, name: fullName({ firstName: row.first_name, lastName: row.last_name }), email, role, level, state };
}

const dateOf = (value: Date | string | null) => (value === null ? null : new Date(value));

const HAS_SIGN_IN = '(c.user_id is not null or exists (select from provider_links l where l.user_id = u.id))';

type ListedState = (typeof LISTED_STATES)[number];

const STATES: Readonly<Record<ListedState, string>> = {
  active: `(u.disabled_at is null and ${HAS_SIGN_IN})`,
  invited: `(u.disabled_at is null and not ${HAS_SIGN_IN})`,
  disabled: 'u.disabled_at is not null',
};

interface Sought {
  readonly words: readonly string[];
  readonly roles: readonly Role[];
  readonly states: readonly ListedState[];
}

function conditions({ words, roles, states }: Sought): { readonly where: string; readonly values: string[] } {
  const parts = [
    ...words.map(() => `(u.first_name || ' ' || u.last_name || ' ' || u.email) ilike ?`),
    ...(roles.length ? [`u.role in (${roles.map(() => '?').join(', ')})`] : []),
    ...(states.length ? [`(${states.map((state) => STATES[state]).join(' or ')})`] : []),
  ];
  const values = [...words.map((word) => `%${word.replace(/[\\%_]/g, String.raw`\$&`)}%`), ...roles];
  return { where: parts.length ? `where ${parts.join(' and ')}` : '', values };
}

const wordsIn = (search: string) => search.split(/\s+/).filter(Boolean).slice(0, 8);
const listOf = <Item>(value: Item | Item[] | undefined): Item[] => (value === undefined ? [] : ([value].flat() as Item[]));

/** @throws Refusal NOT_FOUND. */
export async function presentUser(em: EntityManager, id: string): Promise<UserView> {
  const reader = em.fork();
  const user = await reader.findOne(User, { id });
  if (!user) throw noSuchUser();
  const credential = await reader.findOne(Credential, { user: id }, { fields: ['passwordSetAt'] });
  const invitation = await reader.findOne(Invitation, { user: id });
  const links = await reader.find(ProviderLink, { user: id }, { orderBy: { createdAt: 'asc', id: 'asc' } });
  return {
    ...profileOf(user),
    state: accountState(
      {
        disabledAt: user.disabledAt ?? null,
        hasSignIn: credential !== null || links.length > 0,
        invitation: invitationFacts(invitation),
      },
      now(),
    ),
    passwordSetAt: credential?.passwordSetAt.toISOString() ?? null,
    secondFactor: await secondFactorOf(reader, id),
    providers: links.map(({ id: link, issuer, createdAt }) => ({ id: link, name: new URL(issuer).host, since: createdAt.toISOString() })),
    sessions: await sessionsOf(reader, id),
    invitation: invitation && presentInvitation(invitation),
    responsibilities: await responsibilitiesOf(reader, user),
    heldBy: await holdersOf(reader, id),
  };
}

const profileOf = (user: User) => ({
  id: user.id,
  version: user.version,
  name: fullName(user),
  firstName: user.firstName,
  lastName: user.lastName,
  email: user.email,
  phoneNumber: user.phoneNumber ?? null,
  role: user.role,
  level: user.level,
  timeZone: user.timeZone,
  createdAt: user.createdAt.toISOString(),
  disabledAt: user.disabledAt?.toISOString() ?? null,
});

const invitationFacts = (invitation: Invitation | null) =>
  invitation && { expiresAt: invitation.expiresAt, withdrawnAt: invitation.withdrawnAt ?? null };

const presentInvitation = ({ sentAt, expiresAt, acceptedAt, withdrawnAt, version }: Invitation): UserView['invitation'] => ({
  sentAt: sentAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  acceptedAt: acceptedAt?.toISOString() ?? null,
  withdrawnAt: withdrawnAt?.toISOString() ?? null,
  version,
});

async function secondFactorOf(em: EntityManager, id: string): Promise<UserView['secondFactor']> {
  const factor = await factorOf(em, id);
  return factor && { setUpAt: factor.setUpAt.toISOString(), codesLeft: factor.codesLeft };
}

/** Those that stand: one that is over is deleted by a job, some time. */
async function sessionsOf(em: EntityManager, id: string): Promise<UserView['sessions']> {
  const at = now();
  const standing = (await em.find(Session, { user: id })).filter((session) => !session.renewedAt && !isOver(session, at));
  const latest = standing.map(({ lastSeenAt }) => lastSeenAt).toSorted((one, other) => other.getTime() - one.getTime())[0];
  return { count: standing.length, lastSeenAt: latest?.toISOString() ?? null };
}

/** Sites first, then people by name; what gives nothing stands last. */
async function responsibilitiesOf(em: EntityManager, user: User): Promise<UserView['responsibilities']> {
  const held = await em.find(Responsibility, { holder: user.id }, { populate: ['person', 'site'], orderBy: { id: 'asc' } });
  const presented = held.map(({ id, kind, person, site, createdAt }) => ({
    id,
    kind,
    person: person ? { id: person.id, name: fullName(person) } : null,
    site: site ? { id: site.id, name: site.name } : null,
    since: createdAt.toISOString(),
    counts: COUNTS[user.role] === kind,
  }));
  const placeOf = ({ counts, site, person }: (typeof presented)[number]) =>
    `${counts ? 0 : 1}${site ? 0 : 1}${(site ?? person)?.name.toLowerCase()}`;
  return presented.toSorted((one, other) => placeOf(one).localeCompare(placeOf(other)));
}

async function holdersOf(em: EntityManager, id: string): Promise<UserView['heldBy']> {
  const held = await em.find(Responsibility, { person: id }, { populate: ['holder'], orderBy: { createdAt: 'asc', id: 'asc' } });
  return held.map(({ kind, holder }) => ({
    id: holder.id,
    name: fullName(holder),
    kind,
    counts: COUNTS[holder.role] === kind && !holder.disabledAt,
  }));
}
