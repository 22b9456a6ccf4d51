import { tracked, type TrackedEnvelope, TRPCError } from '@trpc/server';
import type { z } from 'zod';
import type { Position } from '@countersign/audit/entry';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import { filterOf } from '@countersign/domain/record/log-filter';
import { countsAsRead, type Following } from '@countersign/domain/record/reading/following';
import { liveInput } from '@countersign/domain/record/record.views';
import { type ApiContext, requestIdOf } from '../context.ts';
import { contextOf, signedIn } from '../execute.ts';
import { invalidInput, parseInput } from '../input.ts';
import { subscription } from '../subscription.ts';
import { t } from '../trpc.ts';
import type { Connection } from './connection.ts';
import type { Attaching, Interest, Lane, LiveStretch } from './lane.ts';
import type { LiveServices } from './live-services.ts';

/** Events of one page of the log while catching up. */
const PAGE = 500;

type LiveYield = TrackedEnvelope<LiveStretch>;

/** The feed from a position on: first what the log holds after it, then the live tail, without a gap or a duplicate. */
export const liveProcedure = t.procedure
  .input((raw: unknown) => raw as z.input<typeof liveInput> | undefined)
  .subscription(
    subscription<Wish, LiveYield>({
      name: 'audit.live',
      admit: admitted,
      tells: true,
      steps: (wish, signal) => onLane({ ...wish, signal }),
    }),
  );

/** What a subscriber asks for, once it is clear that they may. */
interface Wish {
  readonly services: LiveServices;
  readonly following: Following;
  readonly connection: Connection | null;
  readonly interest: Interest;
  /** The position after which to go on; null for the present one. */
  readonly resume: Position | null;
}

async function admitted(context: ApiContext, raw: unknown): Promise<Wish> {
  const { services, connection } = context;
  const viewer = signedIn(await context.viewer());
  checkScope(viewer, MATRIX.logRead);
  const wanted = parseInput(liveInput, raw === undefined ? {} : raw, 'camel');
  const resume = positionOf(wanted.lastEventId);
  const interest = { visibility: await services.visibility(viewer), filter: filterOf(wanted, viewer.timeZone) };
  const following = services.log.follow({ ...interest, context: contextOf(viewer, { ...context, requestId: requestIdOf(context) }) });
  // A position that this node hasn't heard of may be another node's; only beyond the log's end it is nobody's.
  if (resume !== null && resume > services.lanes.position && resume > (await following.head())) throw reload();
  await following.begin();
  return { services, following, connection, resume, interest };
}

interface Follower extends Wish {
  readonly lane: Lane;
  readonly signal: AbortSignal;
}

async function* onLane(wish: Wish & { readonly signal: AbortSignal }): AsyncGenerator<LiveYield, void> {
  const lane = wish.services.lanes.open(wish.interest);
  const { lost } = wish.following;
  try {
    yield* follow({ ...wish, lane, signal: AbortSignal.any([wish.signal, lost]) });
    if (lost.aborted) throw lost.reason;
  } finally {
    lane.release();
  }
}

async function* follow(follower: Follower): AsyncGenerator<LiveYield, void> {
  const { connection, following, lane, signal } = follower;
  const saw = (rows: number) => following.saw(rows);
  for (let cursor: Position | null = follower.resume ?? lane.to; cursor !== null && !signal.aborted;) {
    cursor = yield* catchUp(follower, cursor);
    cursor = connection ? yield* attached(connection, lane, { cursor, signal, saw }) : yield* pulled(lane, { cursor, signal, saw });
  }
}

/** From the log, page by page, until the lane holds everything further; returns where that is. */
async function* catchUp({ services, following, connection, lane, signal }: Follower, start: Position): AsyncGenerator<LiveYield, Position> {
  const { lanes, presenter, maxBehind } = services;
  const { filter, visibility } = lane.interest;
  let cursor = start;
  while (!lane.covers(cursor) && !signal.aborted) {
    if (cursor > lane.to) {
      await lanes.reached(cursor, signal);
      continue;
    }
    if (lane.to - cursor > maxBehind) throw reload();
    await connection?.room(signal);
    const read = await following.after(cursor, filter, visibility, PAGE);
    if (read.to <= cursor) throw new Error(`the log ends at ${read.to}, before ${lane.to}, of which the feed has told`);
    // Not beyond what this node has considered: there the reader's rights may end.
    const to = Math.min(read.to, lane.to);
    const events = read.events.filter(({ position }) => position <= to);
    const views = events.map(await presenter(events));
    await following.showed(events);
    if (signal.aborted || connection?.open === false) return cursor;
    yield trackedStretch({ from: cursor, to, events: views });
    cursor = to;
  }
  return cursor;
}

/** The live tail for a websocket, which from here on gets prebuilt frames. */
async function* attached(connection: Connection, lane: Lane, attaching: Attaching): AsyncGenerator<LiveYield, Position | null> {
  const { attach, ended } = lane.attach(connection, attaching);
  // The other cast at an edge: the encoder turns this into exactly the tracked stretch that the type promises.
  yield attach as unknown as LiveYield;
  return await ended;
}

/** The live tail for whoever pulls: server-sent events, and callers without a transport. */
async function* pulled(lane: Lane, { cursor, signal, saw }: Attaching): AsyncGenerator<LiveYield, Position> {
  const stretches = lane.stretches(cursor, signal);
  try {
    for (;;) {
      const step = await stretches.next();
      if (step.done) return step.value;
      saw(step.value.events.filter(countsAsRead).length);
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
