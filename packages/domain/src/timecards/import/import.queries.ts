import type { z } from 'zod';
import { query, type Call } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { names } from '../../people/directory.ts';
import { MATRIX } from '../../people/rights/permissions.ts';
import { Site } from '../../people/site.ts';
import { now } from '../../clock.ts';
import { instantText } from '../sheets.ts';
import { mappingProblems } from './columns.rules.ts';
import {
  importView,
  uploadInput,
  uploadProblemPage,
  uploadProblemsInput,
  uploadShiftPage,
  uploadShiftsInput,
  uploadView,
} from './import.views.ts';
import { TimecardImport } from './timecard-import.ts';
import { TimecardUpload, UploadProblem, UploadShift } from './upload.ts';

/** The caller's own upload: others have none of it. @throws Refusal NOT_FOUND. */
export async function ownUpload({ em, viewer }: Pick<Call, 'em' | 'viewer'>, id: string): Promise<TimecardUpload> {
  const upload = await em.fork().findOne(TimecardUpload, { id, owner: viewer.id, expiresAt: { $gt: now() } });
  if (!upload) throw new Refusal('NOT_FOUND', 'There is no such file.', 'Uploaded files are kept for a day: upload it again.');
  return upload;
}

export function presentUpload({ layout, beginning, counts, progress, ...upload }: TimecardUpload): z.input<typeof uploadView> {
  return {
    id: upload.id,
    fileName: upload.fileName,
    bytes: upload.bytes,
    status: upload.status,
    layout: layout ? { ...layout, columns: [...layout.columns] } : null,
    missing: layout ? mappingProblems(layout, layout.site !== null) : [],
    beginning: beginning
      ? { headings: [...beginning.headings], samples: beginning.samples.map(({ line, cells }) => ({ line, cells: [...cells] })) }
      : null,
    counts: counts ?? null,
    progress: progress == null ? null : progress / 1000,
    importId: upload.importId ?? null,
    expiresAt: upload.expiresAt.toISOString(),
  };
}

export const presentImport = ({ createdAt, ...made }: TimecardImport): z.input<typeof importView> => ({
  ...made,
  createdAt: createdAt.toISOString(),
});

export const getUpload = query({
  name: 'imports.get',
  summary: 'A file of timecards that you uploaded: how it is read, and what importing it would do',
  input: uploadInput,
  output: uploadView,
  rest: { method: 'GET', path: '/api/imports/{id}' },
  permission: MATRIX.timecardImport,
  run: async ({ id }, call) => presentUpload(await ownUpload(call, id)),
});

export const getImport = query({
  name: 'imports.result',
  summary: 'What an imported file did',
  input: uploadInput,
  output: importView,
  permission: MATRIX.timecardImport,
  run: async ({ id }, { em }) => {
    const made = await em.fork().findOne(TimecardImport, { id });
    if (!made) throw new Refusal('NOT_FOUND', 'There is no such import.');
    return presentImport(made);
  },
});

export const uploadShifts = query({
  name: 'imports.shifts',
  summary: 'What importing a file would do, shift by shift',
  input: uploadShiftsInput,
  output: uploadShiftPage,
  rest: { method: 'GET', path: '/api/imports/{id}/shifts' },
  permission: MATRIX.timecardImport,
  run: async ({ id, outcome, limit, offset }, call) => {
    const upload = await ownUpload(call, id);
    const em = call.em.fork();
    const where = { upload: upload.id, ...(outcome && { outcome }) };
    const [shifts, total] = await em.findAndCount(UploadShift, where, { orderBy: { n: 'asc' }, limit, offset });
    const people = await names(
      call.em,
      shifts.map(({ person }) => person),
    );
    const sites = new Map((await em.find(Site, { id: { $in: shifts.map(({ site }) => site) } })).map((site) => [site.id, site]));
    const data = shifts.map(({ n, lines, person, site, workDate, message, card, before, ...shift }) => ({
      n,
      lines: [...lines],
      person: { id: person, name: people.get(person) ?? 'Somebody unknown' },
      site: { id: site, name: sites.get(site)?.name ?? 'An unknown site' },
      timeZone: sites.get(site)?.timeZone ?? 'UTC',
      workDate,
      checkIn: instantText(shift.checkIn),
      checkOut: instantText(shift.checkOut),
      breakStart: instantText(shift.breakStart),
      breakEnd: instantText(shift.breakEnd),
      before: before ?? null,
      outcome: shift.outcome,
      card: card ?? null,
      message: message ?? null,
    }));
    return { data, total };
  },
});

export const uploadProblems = query({
  name: 'imports.problems',
  summary: 'What is wrong with lines of a file, and what to do',
  input: uploadProblemsInput,
  output: uploadProblemPage,
  rest: { method: 'GET', path: '/api/imports/{id}/problems' },
  permission: MATRIX.timecardImport,
  run: async ({ id, limit, offset }, call) => {
    const upload = await ownUpload(call, id);
    const [problems, total] = await call.em
      .fork()
      .findAndCount(UploadProblem, { upload: upload.id }, { orderBy: { line: 'asc', n: 'asc' }, limit, offset });
    return { data: problems.map(({ line, column, message }) => ({ line, column: column ?? null, message })), total };
  },
});
