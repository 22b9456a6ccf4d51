import { createHash, randomBytes } from 'node:crypto';
import { changeSet, user, withContext } from '@countersign/audit/context';
import { ROLES, type Role } from '@countersign/domain/people/rights/permissions';
import { Responsibility } from '@countersign/domain/people/responsibility';
import { Session } from '@countersign/domain/people/session/session';
import { Sight } from '@countersign/domain/people/sight/sight';
import { Site } from '@countersign/domain/people/site';
import { User } from '@countersign/domain/people/user';
import { Timecard } from '@countersign/domain/timecards/timecard';
import { eventually } from '@countersign/testing/eventually';
import type { House } from '../house.ts';
import { type Standing, STANDINGS } from './tables.ts';

/** Somebody signed in; null for whoever isn't. */
export interface Persona {
  readonly role: Role;
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** A timecard with a history, and what it leaves wherever it is shown. */
export interface Shown {
  readonly id: string;
  readonly owner: string;
  readonly site: string;
  /** The change set and position of its latest edit. */
  readonly change: string;
  readonly position: number;
  /** Stands wherever its history is shown: why it was changed. */
  readonly why: string;
  /** Stands wherever the card itself is shown: whose it is. */
  readonly whose: string;
  /** What stands, and what stood before, in its sensitive field. */
  readonly secrets: string[];
}

/** Cards to act on: each is taken once. */
export type CardState = keyof typeof STOCK;

export interface Stage {
  readonly personas: readonly Persona[];
  readonly home: House;
  readonly sites: { readonly theirs: string; readonly other: string };
  /** The card that stands so to somebody, with a history. */
  shown(persona: Persona, standing: Standing): Shown;
  /** Every card with a history. */
  readonly all: readonly Shown[];
  /** The person whose records stand so to somebody, and where. */
  place(persona: Persona, standing: Standing): { readonly owner: string; readonly site: string };
  /** A card that nobody has touched yet. */
  card(state: CardState, persona: Persona, standing: Standing): { readonly id: string; readonly version: number; readonly day: string };
  /** The change set that edited all the cards that were edited. */
  readonly edit: string;
  /** Somebody else changes every card with a history, its sensitive field too. */
  changeAll(): Promise<readonly Shown[]>;
  /** Waits until everything that was committed has its number. @returns the last one. */
  settled(): Promise<number>;
}

/** Stands in the sensitive field of every card to act on. */
export const SECRET_OF_THE_STOCK = 'secret-of-the-stock';

const text = () => randomBytes(9).toString('hex');

/** So many cards of each kind, in advance: rows by the thousand cost less than commands by the dozen. `edited`: there is something to undo. */
const STOCK = { draft: 15, submitted: 9, approved: 3, rejected: 3, 'edited draft': 3, 'edited approved': 3 };

/**
 * One person of each role, all responsible on paper for the same person and the same site, and cards in every standing to each.
 * Those who may little have the highest level, and those who may much the lowest: a level gives nobody anything here.
 */
export async function stage(home: House): Promise<Stage> {
  const { orm, trail } = home.system;
  const em = orm.em.fork();
  const settled = async () => {
    await eventually(async () => (await trail.log.settle()).waiting === 0);
    return trail.log.head();
  };
  const maker = await made(home, 'admin', 'Maker');
  const organisation = await withContext({ actor: user(maker.id), channel: 'web', ipAddress: '203.0.113.77' }, () =>
    changeSet('stage.organisation', async () => {
      const sites = ['Yard', 'Elsewhere'].map((name) => em.create(Site, { name, timeZone: 'Europe/Berlin' }));
      const others = ['charge', 'guest', 'stranger'].map((name) => person(`${name}${text()}`, 'worker', 1));
      const people = ROLES.map((role) => person(`${role}${text()}`, role, ['admin', 'manager', 'in_house'].includes(role) ? 1 : 5));
      await em.flush();
      for (const holder of people) {
        for (const kind of ['supervises', 'coordinates'] as const) {
          em.create(Responsibility, { holder, kind, person: others[0] as User });
          em.create(Responsibility, { holder, kind, site: sites[0] as Site });
        }
      }
      await em.flush();
      return { sites, others, people };
    }),
  );

  function person(lastName: string, role: Role, level: number): User {
    return em.create(User, { firstName: 'Someone', lastName, email: `${lastName}@example.com`, role, level, timeZone: 'Europe/Berlin' });
  }

  const [yard, elsewhere] = organisation.sites.map(({ id }) => id) as [string, string];
  const [charge, guest, stranger] = organisation.others as [User, User, User];
  const personas = await Promise.all(
    organisation.people.map(async ({ id, role, lastName }) => ({ id, role, name: lastName, token: await session(home, id) })),
  );
  const place: Stage['place'] = (persona, standing) => {
    if (standing === 'their own') return { owner: persona.id, site: elsewhere };
    if (standing === 'of a person in their charge') return { owner: charge.id, site: elsewhere };
    return standing === 'of others' ? { owner: stranger.id, site: elsewhere } : { owner: guest.id, site: yard };
  };
  const owners = [...organisation.people, charge, guest, stranger];
  const all = await histories(home, maker.id, owners, (owner) => (owner === guest.id ? yard : elsewhere));
  await settled();
  const shown = await located(home, all);
  const { stock, edit } = await stocked(home, { maker: maker.id, personas, place });
  await settled();
  return {
    personas,
    home,
    sites: { theirs: yard, other: elsewhere },
    all: shown,
    edit,
    place,
    settled,
    shown: (persona, standing) => shown.find(({ owner }) => owner === place(persona, standing).owner) as Shown,
    changeAll: async () => {
      const changed = await changedAgain(home, maker.id, shown);
      await settled();
      return changed;
    },
    card: (state, persona, standing) => {
      const { owner } = place(persona, standing);
      const card = stock.get(`${state} ${owner}`)?.pop();
      if (!card) throw new Error(`no ${state} card of ${owner} is left: raise STOCK in test/access/stage.ts`);
      return { ...card, version: 1 };
    },
  };
}

const made = async (home: House, role: Role, name: string) => ({ ...(await home.person(role, name)), role });

/** A session without signing in, which takes a hash on purpose. */
async function session({ system: { orm } }: House, id: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const em = orm.em.fork();
  const at = new Date();
  const hash = createHash('sha256').update(token).digest('hex');
  em.create(Session, {
    id: hash,
    line: hash,
    user: id,
    createdAt: at,
    lastSeenAt: at,
    expiresAt: new Date(at.getTime() + 3_600_000),
  });
  await em.flush();
  return token;
}

/** AC-7: a session of an admin's that shows the system as somebody else sees it. */
export async function seenThrough(home: House, admin: string, { id, role }: Persona): Promise<string> {
  const token = await session(home, admin);
  const em = home.system.orm.em.fork();
  const sight = em.create(Sight, { by: admin, seen: id, role, startedAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) });
  const held = await em.findOneOrFail(Session, { id: createHash('sha256').update(token).digest('hex') });
  held.sight = em.getReference(Sight, sight.id);
  await em.flush();
  return token;
}

type Unlocated = Omit<Shown, 'position'>;

/** A card of each person, made and then changed, its sensitive field too. */
async function histories(
  { system: { orm } }: House,
  maker: string,
  owners: readonly User[],
  siteOf: (owner: string) => string,
): Promise<Unlocated[]> {
  const em = orm.em.fork();
  const shown: Unlocated[] = [];
  for (const { id: owner, lastName } of owners) {
    const [before, after, why, change] = [`secret${text()}`, `secret${text()}`, `why${text()}`, crypto.randomUUID()];
    const as = { actor: user(maker), channel: 'web', ipAddress: '203.0.113.77', userAgent: 'Secretive/9.9' } as const;
    const day = '1999-12-01';
    const card = await withContext({ ...as, reason: why }, () =>
      changeSet('stage.card', async () => {
        const flags = { status: 'draft', manuallyEdited: false, editedAfterApproval: false } as const;
        const where = { person: owner, site: siteOf(owner), timeZone: 'Europe/Berlin', periodStart: day, periodEnd: day };
        const created = em.create(Timecard, { ...where, ...flags, adminNotes: before });
        await em.flush();
        return created;
      }),
    );
    await withContext({ ...as, reason: why, changeId: change }, async () => {
      card.adminNotes = after;
      card.timeZone = 'Europe/Paris';
      await em.flush();
    });
    shown.push({ id: card.id, owner, site: card.site.id, change, why, whose: lastName, secrets: [before, after] });
  }
  return shown;
}

async function changedAgain({ system: { orm } }: House, maker: string, all: readonly Shown[]): Promise<Shown[]> {
  const again = all.map((shown) => ({ ...shown, why: `why${text()}`, secrets: [`secret${text()}`] }));
  for (const { id, why, secrets } of again) {
    await withContext({ actor: user(maker), channel: 'web', reason: why }, async () => {
      const em = orm.em.fork();
      const card = await em.findOneOrFail(Timecard, { id });
      card.adminNotes = secrets[0] ?? null;
      card.timeZone = 'Europe/Rome';
      await em.flush();
    });
  }
  // What stands there from now on is no less of a secret.
  for (const [n, shown] of all.entries()) shown.secrets.push(...(again[n]?.secrets ?? []));
  return again;
}

async function located({ sql }: House, cards: readonly Unlocated[]): Promise<Shown[]> {
  const rows = await sql<{ target_id: string; position: string; change_id: string }>(
    `select target_id, max(position)::text as position, (array_agg(change_id order by position desc))[1] as change_id
       from audit_event where target_type = 'Timecard' group by target_id`,
  );
  return cards.map((card) => {
    const row = rows.find(({ target_id }) => target_id === card.id);
    if (!row) throw new Error(`nothing is recorded of card ${card.id}`);
    return { ...card, position: Number(row.position), change: row.change_id };
  });
}

interface Stocked {
  readonly maker: string;
  readonly personas: readonly Persona[];
  readonly place: Stage['place'];
}

/** Cards by state and owner, each in a week of its own: hours of one week are counted together. */
async function stocked({ sql, system }: House, { maker, personas, place }: Stocked) {
  const own = new Set(personas.map(({ id }) => id));
  const places = new Map(
    personas.flatMap((persona) => STANDINGS.map((standing) => place(persona, standing)).map((at) => [at.owner, at.site])),
  );
  const cards = [...places].flatMap(([owner, site]) =>
    Object.entries(STOCK).flatMap(([state, count]) =>
      Array.from({ length: own.has(owner) ? count : count * personas.length }, () => ({ id: crypto.randomUUID(), owner, site, state })),
    ),
  );
  const days = await sql<{ id: string; day: string }>(
    `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end, status, rejection_reason, admin_notes,
        check_in_time, check_out_time, total_hours, overtime_hours)
      select id, owner, site, 'UTC', day, day, status, case status when 'rejected' then 'mend it' end, $2,
        day + interval '8 hours', day + interval '16 hours', 8, 0
      from (select *, replace(state, 'edited ', '') as status, date '1960-01-04' + 7 * (row_number() over (partition by owner))::int as day
              from json_to_recordset($1) as x(id uuid, owner uuid, site uuid, state text)) w
      returning id, period_start::text as day`,
    [JSON.stringify(cards), SECRET_OF_THE_STOCK],
  );
  const edit = crypto.randomUUID();
  await withContext({ actor: user(maker), channel: 'web', reason: 'something to undo', changeId: edit }, async () => {
    const em = system.orm.em.fork();
    const edited = cards.filter(({ state }) => state.startsWith('edited'));
    for (const card of await em.find(Timecard, { id: { $in: edited.map(({ id }) => id) } }))
      card.checkInTime = new Date((card.checkInTime as Date).getTime() + 1_800_000);
    await em.flush();
  });
  const groups = Map.groupBy(cards, ({ state, owner }) => `${state} ${owner}`);
  const dayOf = new Map(days.map(({ id, day }) => [id, day]));
  const left = (found: readonly { readonly id: string }[]) => found.map(({ id }) => ({ id, day: dayOf.get(id) as string }));
  return { edit, stock: new Map([...groups].map(([key, found]) => [key, left(found)])) };
}
