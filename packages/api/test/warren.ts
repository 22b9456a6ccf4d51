import { z } from 'zod';
import type { Event, Position } from '@countersign/audit/entry';
import type { FeedBatch } from '@countersign/audit/feed';
import { matches } from '@countersign/audit/filter';
import type { Entry } from '@countersign/audit/log-entry';
import type { LogReader } from '@countersign/audit/log';
import type { OpenedEntry } from '@countersign/audit/reveal';
import { mayBeSeen, type Visibility } from '@countersign/audit/visibility';
import { command, query } from '@countersign/domain/definition';
import { Refusal } from '@countersign/domain/errors';
import { MATRIX, type Role, type Viewer } from '@countersign/domain/people/rights/permissions';
import type { EventView } from '@countersign/domain/record/record.views';
import { currentContext } from '@countersign/audit/context';
import type { Seen } from '@countersign/domain/record/reading/counted-log';
import { Following } from '@countersign/domain/record/reading/following';
import type { ApiContext, Services } from '../src/context.ts';
import type { NotificationView } from '@countersign/domain/messages/notification.queries';
import { Presences } from '../src/presence/presences.ts';
import { Inboxes } from '../src/notifications/inboxes.ts';
import { Lanes, type LanesOptions } from '../src/live/lanes.ts';

/** A toy domain: rabbits, not timecards. */
export const rabbits = {
  updateRabbit: command({
    name: 'rabbits.update',
    summary: 'Change a rabbit',
    input: z.strictObject({
      id: z.uuid(),
      earLength: z.number().int().min(1).max(40).optional().meta({ title: 'Ear Length', 'x-kind': 'number' }),
      furColour: z.enum(['brown', 'white']).optional().meta({ title: 'Fur Colour' }),
      diaryEntries: z
        .array(
          z.strictObject({
            dayOfNote: z.iso.date().meta({ title: 'Day', 'x-kind': 'date' }),
            freeText: z.string().max(20).meta({ title: 'Text' }),
          }),
        )
        .max(3)
        .optional()
        .meta({ title: 'Diary' }),
    }),
    output: z.object({
      id: z.uuid(),
      earLength: z.number(),
      tagsByName: z.record(z.string(), z.string()),
      changeId: z.string().nullable(),
    }),
    rest: { method: 'PATCH', path: '/api/rabbits/{id}' },
    permission: MATRIX.timecardImport,
    run: ({ id, earLength = 5 }) => {
      if (earLength === 13)
        throw new Refusal('CONFLICT', 'Somebody else measured it', 'Look again.', {
          conflicts: [
            { field: 'ear_length', base: '4', present: '5', changedBy: { id: 'u1', name: 'Ann' }, changedAt: '2026-11-03T08:00:00Z' },
          ],
        });
      if (earLength === 14) throw new Error('the secret burrow is at postgresql://localhost');
      if (earLength === 15) throw Object.assign(new Error('date/time field value out of range'), { code: '22008' });
      return Promise.resolve({
        id,
        earLength,
        tagsByName: { snake_key: '1', camelKey: '2' },
        changeId: currentContext().changeId,
        leaked: 'not in the schema',
      });
    },
  }),
  listRabbits: query({
    name: 'rabbits.list',
    summary: 'Rabbits',
    input: z.strictObject({
      furColour: z.union([z.enum(['brown', 'white']), z.array(z.enum(['brown', 'white']))]).optional(),
      bornOn: z.array(z.iso.date()).optional(),
      isTame: z.boolean().optional(),
      limit: z.number().int().min(1).max(500).default(50),
    }),
    output: z.object({
      data: z.array(z.json()),
      pagination: z.object({ total: z.number(), limit: z.number(), offset: z.number(), hasMore: z.boolean() }),
    }),
    rest: { method: 'GET', path: '/api/rabbits' },
    permission: MATRIX.signedIn,
    run: (input) => Promise.resolve({ data: [input], pagination: { total: 1, limit: input.limit, offset: 0, hasMore: false } }),
  }),
  countRabbits: query({
    name: 'rabbits.count',
    summary: 'How many rabbits',
    input: z.strictObject({}),
    output: z.object({ rabbits: z.number() }),
    rest: { method: 'GET', path: '/api/rabbits/count' },
    permission: MATRIX.signedIn,
    run: () => Promise.resolve({ rabbits: 2 }),
  }),
  readRabbit: query({
    name: 'rabbits.read',
    summary: 'One rabbit',
    input: z.strictObject({ id: z.uuid() }),
    output: z.object({ id: z.uuid(), channel: z.string(), actor: z.string().nullable(), requestId: z.string().nullable() }),
    rest: { method: 'GET', path: '/api/rabbits/{id}' },
    permission: MATRIX.signedIn,
    run: ({ id }) => {
      const { channel, actor, requestId } = currentContext();
      return Promise.resolve({ id, channel, actor: actor?.id ?? null, requestId });
    },
  }),
  removeRabbit: command({
    name: 'rabbits.remove',
    summary: 'Remove a rabbit',
    input: z.strictObject({ id: z.uuid(), version: z.number().int().min(1) }),
    output: z.object({ removed: z.literal(true) }),
    rest: { method: 'DELETE', path: '/api/rabbits/{id}' },
    permission: MATRIX.pickLists,
    run: () => Promise.resolve({ removed: true as const }),
  }),
};

export const RABBIT = '01890a5d-ac96-774b-bcce-b302099a8057';

export const somebody = (role: Role = 'admin', id: string = role): Viewer => ({
  id,
  name: `Some ${role}`,
  email: `${role}@example.com`,
  role,
  level: 1,
  timeZone: 'UTC',
  responsibleFor: { people: [], sites: [] },
});

/** An event of the toy log; `by` is who did it. */
export function rabbitEntry(position: Position, { by = 'admin', root = RABBIT, secret = `secret ${position}` } = {}): OpenedEntry {
  const entry: Entry = {
    position,
    id: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
    changeId: RABBIT,
    area: 'rabbits',
    action: 'rabbit_measured',
    operation: 'update',
    actor: { kind: 'user', id: by },
    impersonator: null,
    target: { type: 'Rabbit', id: root, label: 'Rabbit' },
    root: { type: 'Rabbit', id: root, label: 'Rabbit' },
    subject: null,
    scopes: [],
    workDate: null,
    changes: [
      { field: 'ear_length', old: null, new: String(position) },
      { field: 'diary', sealed: true },
    ],
    metadata: {},
    reason: null,
    effect: null,
    channel: 'web',
    requestId: null,
    occurredAt: '2026-11-03T08:00:00.000000Z',
    sealedValues: new Uint8Array(1),
    sealedOrigin: null,
  };
  const { sealedValues: _values, sealedOrigin: _origin, ...open } = entry;
  const reveal = (sensitive: boolean): Event => ({
    ...open,
    changes: [
      { field: 'ear_length', old: null, new: String(position) },
      sensitive ? { field: 'diary', old: null, new: secret } : { field: 'diary', hidden: true },
    ],
    ipAddress: null,
    userAgent: null,
  });
  return { entry, reveal };
}

/** A log and its feed, in memory. */
export class Burrow {
  readonly entries: OpenedEntry[] = [];
  readonly #listeners = new Set<(batch: FeedBatch) => void>();
  /** Reads of the log so far. */
  reads = 0;
  /** Batches that the feed has not told of yet: another node was quicker. */
  held: FeedBatch[] | null = null;

  get position(): Position {
    return this.held?.[0]?.from ?? this.entries.length;
  }

  onBatch(listener: (batch: FeedBatch) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Appends events, and tells the feed's listeners of them as one batch. */
  append(count: number, made: (position: Position) => OpenedEntry = (position) => rabbitEntry(position)): void {
    const from = this.entries.length;
    const entries = Array.from({ length: count }, (_, index) => made(from + index + 1));
    this.entries.push(...entries);
    const batch = { from, to: from + count, entries };
    if (this.held) this.held.push(batch);
    else this.#tell(batch);
  }

  release(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const batch of held) this.#tell(batch);
  }

  #tell(batch: FeedBatch): void {
    for (const listener of this.#listeners) listener(batch);
  }

  readonly log = {
    head: async () => this.entries.length,
    count: async (filter, visibility) => ({
      total: this.entries.filter(({ entry }) => mayBeSeen(visibility, entry) && matches(filter, entry)).length,
      more: false,
    }),
    after: async (position, filter, visibility, limit) => {
      this.reads++;
      const found = this.entries
        .filter(({ entry }) => entry.position > position && mayBeSeen(visibility, entry) && matches(filter, entry))
        .slice(0, limit);
      const to = found.length === limit ? (found.at(-1)?.entry.position ?? position) : this.entries.length;
      return { to, events: found.map((opened) => opened.reveal(visibility.sensitive)) };
    },
  } as Partial<LogReader> as LogReader;
}

export const EVERYTHING: Visibility = { everything: true, keys: [], sensitive: true };

const presentEvent = (event: Event): EventView =>
  ({ ...event, actor: { ...event.actor, name: `Name of ${event.actor.id}` }, impersonator: null, subject: null }) as EventView;

/** Notices of people who exist only by their ids. */
export class Hutch {
  readonly told: (NotificationView & { readonly person: string })[] = [];
  reads = 0;
  /** Questions that were asked for marks. */
  looks = 0;
  readonly inboxes = new Inboxes({
    reader: {
      marks: (people) => {
        this.looks++;
        return Promise.resolve(new Map(people.map((person) => [person, { last: this.#of(person).length, reads: this.reads }])));
      },
      after: (person, number, limit) => Promise.resolve(this.#of(person).slice(number, number + limit)),
      unread: (person) => Promise.resolve(this.#of(person).filter(({ readAt }) => readAt === null).length),
    },
    report: (problem) => {
      throw problem;
    },
    pace: 1,
    every: 60_000,
  });

  /** Tells a person something, and looks. */
  tell(person: string, count = 1): void {
    for (let n = 0; n < count; n++) {
      const number = this.#of(person).length + 1;
      const notice = { id: crypto.randomUUID(), kind: 'fed', title: `Notice ${number}`, details: [], actor: null, root: null };
      this.told.push({ ...notice, person, number, changeId: null, path: null, createdAt: '2026-11-03T08:00:00Z', readAt: null });
    }
    this.inboxes.look();
  }

  #of(person: string) {
    return this.told.filter((notice) => notice.person === person);
  }
}

export interface Scene {
  readonly burrow: Burrow;
  readonly hutch: Hutch;
  readonly services: Services;
  readonly reported: { problem: unknown; requestId: string; name: string }[];
  /** AUD-29: what was recorded as read by those who follow. */
  readonly read: (Seen & { readonly by: string | null })[];
  /** Fails what is to be recorded, while there is one. */
  unwritable: Error | null;
  /** The context of a request by this person. */
  context(viewer: Viewer | null, parts?: Partial<ApiContext>): ApiContext;
}

/** Of rabbits nobody knows who has them open. */
const nobodyPresent = () =>
  new Presences({
    store: { keep: async () => undefined, leave: async () => undefined, present: async () => [] },
    names: async () => new Map(),
    admit: async () => undefined,
    report: () => undefined,
  });

export function scene(options: Partial<LanesOptions> & { maxBehind?: number } = {}): Scene {
  const burrow = new Burrow();
  const hutch = new Hutch();
  const reported: Scene['reported'] = [];
  const presenter = () => Promise.resolve(presentEvent);
  const lanes = new Lanes({
    feed: burrow,
    presenter,
    report: (problem) => reported.push({ problem, requestId: '', name: 'lanes' }),
    ...options,
  });
  const read: Scene['read'] = [];
  const services: Services = {
    fork: () => ({}) as ReturnType<Services['fork']>,
    log: {
      during: (_, work) => work(burrow.log),
      shown: () => Promise.resolve(),
      opened: async (record) => {
        if (made.unwritable) throw made.unwritable;
        read.push({ view: 'record', rows: 1, filter: {}, records: new Map([[record, 1]]), about: new Map(), by: null });
      },
      follow: (followed) =>
        new Following({
          ...followed,
          log: burrow.log,
          tell: async (seen, { actor }) => {
            if (made.unwritable) throw made.unwritable;
            read.push({ ...seen, by: actor?.id ?? null });
          },
        }),
    },
    inboxes: hutch.inboxes,
    presences: nobodyPresent(),
    lanes,
    presenter: options.presenter ?? presenter,
    visibility: async (viewer) =>
      viewer.role === 'admin' ? EVERYTHING : { everything: false, keys: [`actor:${viewer.id}`], sensitive: false },
    maxBehind: options.maxBehind ?? 20_000,
    report: (problem, about) => reported.push({ problem, ...about }),
  };
  const context: Scene['context'] = (viewer, parts) => ({
    services,
    viewer: async () => viewer,
    channel: 'api',
    ipAddress: '192.0.2.1',
    userAgent: 'test',
    requestId: 'request-1',
    admit: async () => undefined,
    connection: null,
    ...parts,
  });
  const made: Scene = { burrow, hutch, services, reported, read, unwritable: null, context };
  return made;
}
