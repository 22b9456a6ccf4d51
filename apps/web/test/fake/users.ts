import type { RouterInputs } from '@countersign/client';
import type { InviteInput, UserSummary, UsersInput, UserView } from '../../src/api/views.ts';
import { PEOPLE, SITES } from './people.ts';
import { uuid } from './random.ts';
import { Refused } from './refused.ts';

const mailOf = (name: string) => `${name.toLowerCase().replace(/[^a-z]+/g, '.')}@example.com`;

/** A user as they come: active, with one session. */
export const makeUser = (number: number, part: Partial<UserView> = {}): UserView => {
  const name = part.name ?? `Person ${number}`;
  const [firstName = '', ...rest] = name.split(' ');
  return {
    id: uuid(1, number),
    version: 1,
    name,
    firstName,
    lastName: rest.join(' '),
    email: mailOf(name),
    phoneNumber: null,
    role: 'worker',
    level: 1,
    timeZone: 'Europe/Berlin',
    state: 'active',
    createdAt: '2026-09-01T08:00:00Z',
    disabledAt: null,
    passwordSetAt: '2026-09-02T08:00:00Z',
    secondFactor: null,
    providers: [],
    sessions: { count: 1, lastSeenAt: '2026-11-06T11:40:00Z' },
    invitation: null,
    responsibilities: [],
    heldBy: [],
    ...part,
  };
};

const INVITED = { sentAt: '2026-11-05T09:00:00Z', expiresAt: '2026-11-12T09:00:00Z', acceptedAt: null, withdrawnAt: null, version: 1 };

type Listing = Omit<UsersInput, 'limit' | 'offset'> & { readonly limit?: number; readonly offset?: number };

/** The users of the server in the page, and what admins do with them. */
export class Users {
  list: UserView[] = [
    ...PEOPLE.map(({ name, role }, index) => makeUser(index + 1, { name, role, level: role === 'supervisor' ? 3 : 1 })),
    makeUser(90, {
      name: 'Ann Lund',
      state: 'invited',
      passwordSetAt: null,
      sessions: { count: 0, lastSeenAt: null },
      invitation: INVITED,
    }),
    makeUser(91, { name: 'Kofi Mensah', state: 'disabled', disabledAt: '2026-10-30T17:00:00Z', sessions: { count: 0, lastSeenAt: null } }),
  ];

  constructor() {
    const [site] = SITES;
    this.change(uuid(1, 2), {
      responsibilities: [
        {
          id: uuid(7, 1),
          kind: 'supervises',
          person: null,
          site: site ? { id: site.id, name: site.name } : null,
          since: '2026-09-01T08:00:00Z',
          counts: true,
        },
        {
          id: uuid(7, 2),
          kind: 'supervises',
          person: { id: uuid(1, 4), name: 'Li Wei' },
          site: null,
          since: '2026-09-01T08:00:00Z',
          counts: true,
        },
        {
          id: uuid(7, 3),
          kind: 'coordinates',
          person: { id: uuid(1, 5), name: 'Jon Ek' },
          site: null,
          since: '2026-08-01T08:00:00Z',
          counts: false,
        },
      ],
    });
    this.change(uuid(1, 4), { heldBy: [{ id: uuid(1, 2), name: 'Omar Khan', kind: 'supervises', counts: true }] });
  }

  get(id: string): UserView {
    const user = this.list.find((one) => one.id === id);
    if (!user)
      throw new Refused({
        code: 'NOT_FOUND',
        message: 'There is no such user',
        details: 'The address may have been cut off when it was copied.',
      });
    return user;
  }

  change(id: string, part: Partial<UserView>): UserView {
    const user = { ...this.get(id), ...part, version: this.get(id).version + 1 };
    this.list = this.list.map((one) => (one.id === id ? user : one));
    return user;
  }

  #withReason({ reason }: { readonly reason: string }): void {
    const message = 'Say why, in three letters or more: it stands in the log.';
    if (reason.length < 3)
      throw new Refused({ code: 'VALIDATION_ERROR', message: 'The input is not valid', fields: [{ field: 'reason', message }] });
  }

  readonly procedures = {
    'users.list': ({ search = '', role, state, limit = 50, offset = 0 }: Listing) => {
      const words = search.toLowerCase().split(/\s+/).filter(Boolean);
      const among = <Item>(chosen: Item | Item[] | undefined, value: Item) => chosen === undefined || [chosen].flat().includes(value);
      const found = this.list
        .filter(({ name, email }) => words.every((word) => `${name} ${email}`.toLowerCase().includes(word)))
        .filter((user) => among(role, user.role) && among(state, listedAs(user)))
        .toSorted((one, other) => one.name.localeCompare(other.name));
      const data = found.slice(offset, offset + limit);
      return { data, pagination: { total: found.length, limit, offset, hasMore: offset + data.length < found.length } };
    },
    'users.get': ({ id }: { id: string }) => this.get(id),
    'users.invite': (input: InviteInput) => {
      const message = 'Somebody with this mail address exists already.';
      if (this.list.some(({ email }) => email === input.email))
        throw new Refused({ code: 'VALIDATION_ERROR', message: "This user can't be saved.", fields: [{ field: 'email', message }] });
      const { firstName, lastName, email, role, level = 1 } = input;
      const fresh = {
        name: `${firstName} ${lastName}`,
        email,
        role,
        level,
        state: 'invited',
        passwordSetAt: null,
        invitation: INVITED,
      } as const;
      const user = makeUser(200 + this.list.length, { ...fresh, sessions: { count: 0, lastSeenAt: null } });
      this.list = [...this.list, user];
      return user;
    },
    'users.resetSecondFactor': (input: { id: string; reason: string }) => {
      this.#withReason(input);
      return this.change(input.id, { secondFactor: null });
    },
    'users.correct': (input: RouterInputs['users']['correct']) => {
      this.#withReason(input);
      const message = 'Somebody with this mail address exists already.';
      if (this.list.some(({ id, email }) => id !== input.id && email === input.email))
        throw new Refused({ code: 'VALIDATION_ERROR', message: "This user can't be saved.", fields: [{ field: 'email', message }] });
      const { id, firstName, lastName, email, phoneNumber } = input;
      return this.change(id, { firstName, lastName, name: `${firstName} ${lastName}`, email, phoneNumber: phoneNumber ?? null });
    },
    'users.unlinkProvider': (input: { id: string; link: string; reason: string }) => {
      this.#withReason(input);
      return this.change(input.id, { providers: this.get(input.id).providers.filter(({ id }) => id !== input.link) });
    },
    'users.changeRole': (input: { id: string; role: UserView['role']; level: number; reason: string }) => {
      this.#withReason(input);
      const responsibilities = this.get(input.id).responsibilities.map((held) => ({ ...held, counts: false }));
      return this.change(input.id, { role: input.role, level: input.level, responsibilities });
    },
    'users.disable': (input: { id: string; reason: string }) => {
      this.#withReason(input);
      return this.change(input.id, { state: 'disabled', disabledAt: '2026-11-06T12:00:00Z', sessions: { count: 0, lastSeenAt: null } });
    },
    'users.enable': (input: { id: string; reason: string }) => {
      this.#withReason(input);
      return this.change(input.id, { state: 'active', disabledAt: null });
    },
    'users.signOutEverywhere': (input: { id: string; reason: string }) => {
      this.#withReason(input);
      return this.change(input.id, { sessions: { count: 0, lastSeenAt: null } });
    },
    'users.resendInvitation': ({ id }: { id: string }) => this.change(id, { invitation: INVITED, state: 'invited' }),
    'users.withdrawInvitation': ({ id }: { id: string }) => this.change(id, { state: 'disabled' }),
    'users.invitationLink': () => ({ path: '/invitation#a-token', expiresAt: INVITED.expiresAt }),
    'users.assign': (input: { holder: string; kind: 'supervises'; person?: string; site?: string; reason: string }) => {
      this.#withReason(input);
      const person = input.person === undefined ? null : { id: input.person, name: this.get(input.person).name };
      const site = SITES.find(({ id }) => id === input.site) ?? null;
      const held = { id: uuid(7, 50), kind: input.kind, person, site, since: '2026-11-06T12:00:00Z', counts: true };
      return this.change(input.holder, { responsibilities: [...this.get(input.holder).responsibilities, held] });
    },
    'users.endResponsibility': (input: { id: string; reason: string }) => {
      this.#withReason(input);
      const holder = this.list.find(({ responsibilities }) => responsibilities.some(({ id }) => id === input.id));
      if (!holder) throw new Refused({ code: 'NOT_FOUND', message: 'This responsibility has ended already' });
      return this.change(holder.id, { responsibilities: holder.responsibilities.filter(({ id }) => id !== input.id) });
    },
  };
}

const listedAs = ({ state }: UserSummary): 'active' | 'invited' | 'disabled' =>
  state === 'active' || state === 'disabled' ? state : 'invited';
