import { randomUUID } from 'node:crypto';
import type { Channel } from '@countersign/audit/entry';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import type { Caller, Runtime } from './execute.ts';
import type { Connection } from './live/connection.ts';
import type { LiveServices } from './live/live-services.ts';
import type { Inboxes } from './notifications/inboxes.ts';
import type { Presences } from './presence/presences.ts';
import type { Report } from './refusals.ts';

/** What the interface as a whole needs from the process that serves it. */
export interface Services extends Runtime, LiveServices {
  readonly log: Runtime['log'] & LiveServices['log'];
  readonly inboxes: Inboxes;
  readonly presences: Presences;
  readonly report: Report;
}

/** What a transport tells about one request, or about one websocket for as long as it is open. */
export interface ApiContext {
  readonly services: Services;
  /** Who is signed in at this moment: asked for each call, since a websocket may outlive a session or a role. */
  readonly viewer: () => Promise<Viewer | null>;
  readonly channel: Channel;
  readonly ipAddress: string | null;
  /** What the request said of its way, in its own words. */
  readonly forwardedFor?: string | null;
  readonly userAgent: string | null;
  /** Of an HTTP request; null on a websocket, where each call has its own. */
  readonly requestId: string | null;
  /** AC-6: counts a call by this name, before anything is done for it. @throws Refusal RATE_LIMITED. */
  readonly admit: (name: string) => Promise<void>;
  /** The websocket that this came over; null otherwise. */
  readonly connection: Connection | null;
}

export async function callerOf(context: ApiContext, requestId: string): Promise<Caller> {
  const { channel, ipAddress, forwardedFor = null, userAgent } = context;
  return { viewer: await context.viewer(), channel, requestId, ipAddress, forwardedFor, userAgent };
}

export const requestIdOf = (context: ApiContext): string => context.requestId ?? randomUUID();
