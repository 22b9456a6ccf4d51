import type { HttpBindings } from '@hono/node-server';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { contextOf, signedIn } from '@countersign/api/execute';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { changeSet, currentContext, withContext } from '@countersign/audit/context';
import { Refusal } from '@countersign/domain/errors';
import { MATRIX, type Viewer } from '@countersign/domain/people/rights/permissions';
import { whoComes } from '@countersign/domain/people/sight/sight.rules';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import { checkMayExport, exportInput, exportTimecards } from '@countersign/domain/timecards/export/export';
import { ExportsAtOnce } from './exports-at-once.ts';
import { stillMay } from './still-may.ts';

/** The list of timecards as a file: an answer that is written while it is read is the transport's affair, and so no definition. */
export const exportRoute = (fork: () => EntityManager, atOnce = new ExportsAtOnce()): Route => ({
  method: 'GET',
  path: '/api/timecards/export',
  name: 'timecards.export',
  summary: 'Timecards as a CSV file that can be imported again',
  input: exportInput,
  output: z.string(),
  permission: MATRIX.timecardExport,
  file: { answered: 'text/csv' },
  tells: true,
  insteadOfJson: listInstead,
  run: async (raw, call: RouteCall) => {
    const { context, requestId, http } = call;
    const viewer = signedIn(await context.viewer());
    const wanted = parseInput(exportInput, raw, 'snake');
    checkMayExport(viewer);
    atOnce.take(whoComes(viewer), (http.env as HttpBindings).outgoing);
    const pieces = exportTimecards({ em: fork(), viewer }, wanted);
    // What can be refused is refused before the answer has begun, and what is to be recorded is recorded.
    const { first, reference } = await withContext(contextOf(viewer, { ...context, requestId }), () =>
      changeSet('timecards.export', async () => ({ first: await pieces.next(), reference: currentContext().changeId })),
    );
    const look = async () => {
      try {
        await stillMay(call, viewer, checkMayStill);
        return true;
      } catch (problem) {
        if (!(problem instanceof Refusal)) throw problem;
        (http.env as HttpBindings).outgoing.destroy();
        return false;
      }
    };
    const headers = {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="timecards-${new Date().toISOString().slice(0, 10)}-${reference}.csv"`,
    };
    return http.body(ReadableStream.from<Uint8Array>(bytesOf(first.done ? '' : first.value, pieces, look)), 200, headers);
  },
});

/** The list that was to be exported, with what became of it. */
function listInstead(query: URLSearchParams, code: string): string {
  const list = new URLSearchParams([...query].filter(([name]) => name !== 'rows' && name !== 'delimiter'));
  list.set('notExported', code === 'RATE_LIMITED' ? 'busy' : 'failed');
  return `/timecards?${list.toString()}`;
}

function checkMayStill(viewer: Viewer): void {
  checkMayExport(viewer);
  checkScope(viewer, MATRIX.timecardExport);
}

/** With a look before each further piece is read at who asked for it: whoever may no longer gets no more, and a file that breaks off. */
async function* bytesOf(first: string, rest: AsyncGenerator<string>, look: () => Promise<boolean>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(first);
  try {
    while (await look()) {
      const next = await rest.next();
      if (next.done) return;
      yield encoder.encode(next.value);
    }
  } finally {
    await rest.return(undefined);
  }
}
