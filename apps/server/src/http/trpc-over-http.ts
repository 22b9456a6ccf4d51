import type { HttpBindings } from '@hono/node-server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Context as HonoContext, Handler } from 'hono';
import type { ApiContext } from '@countersign/api/context';
import { router } from '@countersign/api/countersign';
import { Unexpected } from '@countersign/api/refusals';
import { bodyText } from '@countersign/api/rest/body';
import { refusedTrpc } from '@countersign/api/trpc';
import { Refusal } from '@countersign/domain/errors';
import type { OpenStreams } from '../sockets/open-streams.ts';

export interface TrpcOverHttpOptions {
  readonly contextOf: (http: HonoContext) => ApiContext;
  readonly streams: OpenStreams;
  readonly stopping: AbortSignal;
}

/** Calls that may travel in one request. */
const BATCH = 20;

/** The procedures over HTTP: alone, in batches, and the live subscription as server-sent events. */
export function trpcOverHttp({ contextOf, streams, stopping }: TrpcOverHttpOptions): Handler<{ Bindings: HttpBindings }> {
  return async (http) => {
    const context = contextOf(http);
    const request = await bounded(http.req.raw, AbortSignal.any([stopping, await endOf(http, streams)]));
    if (request instanceof Response) return request;
    return fetchRequestHandler({
      req: request,
      router,
      endpoint: '/trpc',
      maxBatchSize: BATCH,
      createContext: () => context,
      onError: ({ error, path = 'unknown' }) => {
        // What a procedure could not answer for has been reported where it happened.
        if (error.code === 'INTERNAL_SERVER_ERROR' && !(error.cause instanceof Unexpected))
          context.services.report(error, { requestId: context.requestId ?? '', name: path });
      },
    });
  };
}

/** Aborts where this is a stream of events whose holder loses their session, or gets other rights. */
async function endOf(http: HonoContext<{ Bindings: HttpBindings }>, streams: OpenStreams): Promise<AbortSignal> {
  const controller = new AbortController();
  if (!http.req.header('accept')?.includes('text/event-stream')) return controller.signal;
  const stream = { end: () => controller.abort() };
  const belongTo = streams.open(stream);
  http.env.outgoing.once('close', () => streams.close(stream));
  const who = await http
    .get('who')()
    .catch((problem: unknown) => {
      streams.close(stream);
      throw problem;
    });
  belongTo(who && { sessionId: who.id, viewer: who.viewer });
  return controller.signal;
}

/** The request with its body read up to the limit, and with an end of ours. */
async function bounded(request: Request, end: AbortSignal): Promise<Request | Response> {
  try {
    const body = request.method === 'POST' ? await bodyText(request) : undefined;
    const { method, headers } = request;
    return new Request(request.url, {
      method,
      headers,
      signal: AbortSignal.any([request.signal, end]),
      ...(body !== undefined && { body }),
    });
  } catch (problem) {
    if (problem instanceof Refusal) return refusedTrpc(problem);
    throw problem;
  }
}
