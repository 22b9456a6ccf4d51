import { tracked, type TrackedEnvelope, TRPCError } from '@trpc/server';
import type { z } from 'zod';
import type { Position } from '@countersign/audit/entry';
import type { LogReader } from '@countersign/audit/log';
import type { Visibility } from '@countersign/audit/visibility';
import type { Viewer } from '@countersign/domain/people/permissions';
import { filterOf } from '@countersign/domain/record/log-filter';
import { liveInput } from '@countersign/domain/record/record.views';
import type { ApiContext } from '../context.ts';
import { signedIn } from '../execute.ts';
import { invalidInput, parseInput } from '../input.ts';
import { subscription } from '../subscription.ts';
import { t } from '../trpc.ts';
import type { Connection } from './connection.ts';
import type { Interest, Lane, LiveStretch } from './lane.ts';
import type { Lanes, Presenter } from './lanes.ts';

/** What the live subscription needs from the process. */
export interface LiveServices {
  readonly lanes: Lanes;
  readonly log: LogReader;
  readonly visibility: (viewer: Viewer) => Promise<Visibility>;
  readonly presenter: Presenter;
  /** Who is further behind than this many positions is told to reload. */
  readonly maxBehind: number;
}

/** Events of one page of the log while catching up. */
const PAGE = 500;

type LiveYield = TrackedEnvelope<LiveStretch>;

/** The feed from a position on: first what the log holds after it, then the live tail, without a gap or a duplicate. */
export const liveProcedure = t.procedure
  .input((raw: unknown) => raw as z.input<typeof liveInput> | undefined)
  .subscription(
    subscription<Wish, LiveYield>({ name: 'audit.live', admit: admitted, steps: (wish, signal) => onLane({ ...wish, signal }) }),
  );

/** What a subscriber asks for, once it is clear that they may. */
interface Wish {
  readonly services: LiveServices;
  readonly connection: Connection | null;
  readonly interest: Interest;
  /** The position after which to go on; null for the present one. */
  readonly resume: Position | null;
}

async function admitted(context: ApiContext, raw: unknown): Promise<Wish> {
  const { services, connection } = context;
  const viewer = signedIn(await context.viewer());
  const wanted = parseInput(liveInput, raw === undefined ? {} : raw, 'camel');
  const resume = positionOf(wanted.lastEventId);
  // A position that this node hasn't heard of may be another node's; only beyond the log's end it is nobody's.
  if (resume !== null && resume > services.lanes.position && resume > (await services.log.head())) throw reload();
  return {
    services,
    connection,
    resume,
    interest: { visibility: await services.visibility(viewer), filter: filterOf(wanted, viewer.timeZone) },
  };
}

interface Follower extends Wish {
  readonly lane: Lane;
  readonly signal: AbortSignal;
}

async function* onLane(wish: Wish & { readonly signal: AbortSignal }): AsyncGenerator<LiveYield, void> {
  const lane = wish.services.lanes.open(wish.interest);
  try {
    yield* follow({ ...wish, lane });
  } finally {
    lane.release();
  }
}

async function* follow(follower: Follower): AsyncGenerator<LiveYield, void> {
  const { connection, lane, signal } = follower;
  for (let cursor: Position | null = follower.resume ?? lane.to; cursor !== null && !signal.aborted;) {
    cursor = yield* catchUp(follower, cursor);
    cursor = connection ? yield* attached(connection, lane, { cursor, signal }) : yield* pulled(lane, { cursor, signal });
  }
}

/** From the log, page by page, until the lane holds everything further; returns where that is. */
async function* catchUp({ services, connection, lane, signal }: Follower, start: Position): AsyncGenerator<LiveYield, Position> {
  const { lanes, log, presenter, maxBehind } = services;
  const { filter, visibility } = lane.interest;
  let cursor = start;
  while (!lane.covers(cursor) && !signal.aborted) {
    if (cursor > lane.to) {
      await lanes.reached(cursor, signal);
      continue;
    }
    if (lane.to - cursor > maxBehind) throw reload();
    await connection?.room(signal);
    const read = await log.after(cursor, filter, visibility, PAGE);
    if (read.to <= cursor) throw new Error(`the log ends at ${read.to}, before ${lane.to}, of which the feed has told`);
    // Not beyond what this node has considered: there the reader's rights may end.
    const to = Math.min(read.to, lane.to);
    const events = read.events.filter(({ position }) => position <= to);
    const views = events.map(await presenter(events));
    if (signal.aborted || connection?.open === false) return cursor;
    yield trackedStretch({ from: cursor, to, events: views });
    cursor = to;
  }
  return cursor;
}

/** The live tail for a websocket, which from here on gets prebuilt frames. */
async function* attached(
  connection: Connection,
  lane: Lane,
  { cursor, signal }: { cursor: Position; signal: AbortSignal },
): AsyncGenerator<LiveYield, Position | null> {
  const { attach, ended } = lane.attach(connection, cursor, signal);
  // The other cast at an edge: the encoder turns this into exactly the tracked stretch that the type promises.
  yield attach as unknown as LiveYield;
  return await ended;
}

/** The live tail for whoever pulls: server-sent events, and callers without a transport. */
async function* pulled(lane: Lane, { cursor, signal }: { cursor: Position; signal: AbortSignal }): AsyncGenerator<LiveYield, Position> {
  const stretches = lane.stretches(cursor, signal);
  try {
    for (;;) {
      const step = await stretches.next();
      if (step.done) return step.value;
      yield trackedStretch(step.value);
    }
  } finally {
    await stretches.return(cursor);
  }
}

const trackedStretch = (stretch: LiveStretch): LiveYield => tracked(String(stretch.to), stretch);

/** Tells the page to read anew: what it last saw is too long ago, or never was. */
const reload = () => new TRPCError({ code: 'PRECONDITION_FAILED', message: 'reload' });

function positionOf(lastEventId: string | null | undefined): Position | null {
  if (lastEventId === null || lastEventId === undefined) return null;
  if (!/^\d{1,15}$/.test(lastEventId))
    throw invalidInput([{ field: 'lastEventId', message: 'must be the id of an event that this subscription sent' }]);
  return Number(lastEventId);
}
