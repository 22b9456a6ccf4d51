import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { contextOf, signedIn } from '@countersign/api/execute';
import { parseInput } from '@countersign/api/input';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { changeSet, currentContext, withContext } from '@countersign/audit/context';
import { MATRIX } from '@countersign/domain/people/permissions';
import { exportInput, exportTimecards } from '@countersign/domain/timecards/export/export';

/** The list of timecards as a file: an answer that is written while it is read is the transport's affair, and so no definition. */
export const exportRoute = (fork: () => EntityManager): Route => ({
  method: 'GET',
  path: '/api/timecards/export',
  name: 'timecards.export',
  summary: 'Timecards as a CSV file that can be imported again',
  input: exportInput,
  output: z.string(),
  permission: MATRIX.timecardExport,
  file: { answered: 'text/csv' },
  tells: true,
  run: async (raw, { context, requestId, http }: RouteCall) => {
    const viewer = signedIn(await context.viewer());
    const pieces = exportTimecards({ em: fork(), viewer }, parseInput(exportInput, raw, 'snake'));
    // What can be refused is refused before the answer has begun, and what is to be recorded is recorded.
    const { first, reference } = await withContext(contextOf(viewer, { ...context, requestId }), () =>
      changeSet('timecards.export', async () => ({ first: await pieces.next(), reference: currentContext().changeId })),
    );
    const headers = {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="timecards-${new Date().toISOString().slice(0, 10)}-${reference}.csv"`,
    };
    return http.body(ReadableStream.from<Uint8Array>(bytesOf(first.done ? '' : first.value, pieces)), 200, headers);
  },
});

async function* bytesOf(first: string, rest: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(first);
  for await (const piece of rest) yield encoder.encode(piece);
}
