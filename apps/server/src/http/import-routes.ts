import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import { signedIn } from '@countersign/api/execute';
import type { Route, RouteCall } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';
import { MATRIX, type Viewer } from '@countersign/domain/people/rights/permissions';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import { checkWriting } from '@countersign/domain/people/session/writing.rules';
import { ownUpload, presentUpload } from '@countersign/domain/timecards/import/import.queries';
import { uploadView } from '@countersign/domain/timecards/import/import.views';
import { checkMayImport, receive, tooLarge } from '@countersign/domain/timecards/import/receive';
import { stillMay } from './still-may.ts';

export interface ImportRoutesOptions {
  readonly fork: () => EntityManager;
  /** Bytes of a file at most. */
  readonly limit: number;
}

const named = z.strictObject({
  /** What the file is called where it comes from. */
  fileName: z.string().min(1).max(1_000).default('timecards.csv'),
});

const nothing = z.strictObject({});
const limits = z.object({
  /** Of a file, at most. */
  bytes: z.number().int(),
});

/** Where files of hours come in: a body that is a file and not JSON is the transport's affair, and so no definition. */
export const importRoutes = (options: ImportRoutesOptions): Route[] => [
  {
    method: 'POST',
    path: '/api/imports',
    name: 'imports.upload',
    summary: 'Upload a file of timecards, to look at it and import it then',
    input: named,
    output: uploadView,
    permission: MATRIX.timecardImport,
    file: { taken: 'text/csv' },
    run: (raw, call) => upload(raw, call, options),
  },
  {
    method: 'GET',
    path: '/api/imports',
    name: 'imports.limits',
    summary: 'How large a file may be',
    input: nothing,
    output: limits,
    permission: MATRIX.timecardImport,
    run: async (raw, { context }) => {
      checkMayImport(signedIn(await context.viewer()));
      parseInput(nothing, raw, 'snake');
      return { bytes: options.limit };
    },
  },
];

function checkMayUpload(viewer: Viewer): void {
  checkMayImport(viewer);
  checkScope(viewer, MATRIX.timecardImport);
  checkWriting(viewer, { permission: MATRIX.timecardImport });
}

/** A file, and a look at its end at who has sent it: that may take minutes. */
async function* watched(bytes: AsyncIterable<Uint8Array>, look: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield* bytes;
  await look();
}

async function upload(raw: unknown, call: RouteCall, { fork, limit }: ImportRoutesOptions) {
  const { context, http } = call;
  const { body, headers, signal } = http.req.raw;
  try {
    const viewer = signedIn(await context.viewer());
    checkMayImport(viewer);
    const { fileName } = parseInput(named, raw, 'snake');
    // Before the first byte is read, where the browser says how many there are.
    if (Number(headers.get('content-length')) > limit) throw tooLarge(limit);
    const bytes = watched((body ?? new Blob([]).stream()) as ReadableStream<Uint8Array>, () => stillMay(call, viewer, checkMayUpload));
    const id = await receive(fork(), viewer, { fileName, bytes, limit });
    return presentUpload(await ownUpload({ em: fork(), viewer }, id));
  } catch (problem) {
    // The rest of the file is on its way: no further request can come over this connection.
    http.header('connection', 'close');
    if (signal.aborted)
      throw new Refusal('VALIDATION_ERROR', 'The upload broke off.', 'Nothing of it was kept: upload the file again.', { cause: problem });
    throw problem;
  }
}
