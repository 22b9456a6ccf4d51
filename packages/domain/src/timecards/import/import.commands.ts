import { z } from 'zod';
import { withContext } from '@countersign/audit/context';
import { command, type Call } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { MATRIX } from '../../people/rights/permissions.ts';
import { Site } from '../../people/site.ts';
import { confirmUpload } from './confirm.ts';
import { ownUpload, presentImport, presentUpload } from './import.queries.ts';
import { confirmInput, importView, lookInput, readInput, uploadInput, uploadView } from './import.views.ts';
import type { Layout } from './layout.ts';
import { lookAt } from './look.ts';
import { readUpload, refuseImported } from './read.ts';
import { pieceOf } from './staged.ts';
import { TimecardUpload } from './upload.ts';

export const lookAtUpload = command({
  name: 'imports.look',
  summary: 'Look at an uploaded file in another way: encoding, delimiter, line of the headings',
  input: lookInput,
  output: uploadView,
  rest: { method: 'POST', path: '/api/imports/{id}/look' },
  permission: MATRIX.timecardImport,
  run: async ({ id, ...chosen }, call) => {
    const { layout } = await untouched(call, id);
    const first = await pieceOf(call.em.fork(), id, 1);
    const before = layout as Layout;
    const looked = lookAt(first ?? new Uint8Array(), { encoding: chosen.encoding ?? before.encoding, ...chosen });
    const kept = { site: before.site, newCards: before.newCards };
    await save(call, id, { ...looked, layout: { ...looked.layout, ...kept }, status: 'received', counts: null });
    return presentUpload(await ownUpload(call, id));
  },
});

export const readUploaded = command({
  name: 'imports.read',
  summary: 'Read an uploaded file with these columns, and find out what importing it would do',
  input: readInput,
  output: uploadView,
  rest: { method: 'POST', path: '/api/imports/{id}/read' },
  permission: MATRIX.timecardImport,
  run: async ({ id, ...chosen }, call) => {
    const upload = await untouched(call, id);
    const before = upload.layout as Layout;
    const layout = {
      ...before,
      rows: chosen.rows ?? before.rows,
      columns: chosen.columns ?? before.columns,
      site: chosen.site === undefined ? before.site : chosen.site,
      newCards: chosen.newCards ?? before.newCards,
    };
    await refuseUnknownSite(call, layout.site);
    await readUpload(call.em, { id, layout, viewer: call.viewer });
    return presentUpload(await ownUpload(call, id));
  },
});

export const confirmImport = command({
  name: 'imports.confirm',
  summary: 'Import an uploaded file as it was shown: all of it in one change set, or nothing',
  input: confirmInput,
  output: importView,
  rest: { method: 'POST', path: '/api/imports/{id}/confirm' },
  permission: MATRIX.timecardImport,
  run: async ({ id, reason, leaveLocked }, call) => {
    await ownUpload(call, id);
    return withContext({ channel: 'import', reason }, async () =>
      presentImport(await confirmUpload(call.em, { id, leaveLocked, viewer: call.viewer })),
    );
  },
});

export const discardUpload = command({
  name: 'imports.discard',
  summary: 'Throw an uploaded file away',
  input: uploadInput,
  output: z.object({ id: z.uuid() }),
  rest: { method: 'DELETE', path: '/api/imports/{id}' },
  permission: MATRIX.timecardImport,
  run: async ({ id }, call) => {
    const upload = await ownUpload(call, id);
    await call.em.fork().nativeDelete(TimecardUpload, { id: upload.id });
    return { id };
  },
});

/** An upload that is all there and was not imported yet. @throws Refusal NOT_FOUND or VALIDATION_ERROR. */
async function untouched(call: Call, id: string): Promise<TimecardUpload> {
  const upload = await ownUpload(call, id);
  refuseImported(upload);
  if (!upload.layout) throw new Refusal('VALIDATION_ERROR', 'This file is still being uploaded.', 'Wait until all of it is there.');
  return upload;
}

async function refuseUnknownSite({ em }: Call, site: string | null): Promise<void> {
  if (site === null || (await em.fork().count(Site, { id: site }))) return;
  throw new Refusal('VALIDATION_ERROR', 'There is no such site.', undefined, {
    fields: [{ field: 'site', message: 'Choose one of the sites.' }],
  });
}

const save = (call: Call, id: string, part: Partial<Pick<TimecardUpload, 'layout' | 'beginning' | 'status' | 'counts'>>) =>
  call.em.fork().nativeUpdate(TimecardUpload, { id }, part);
