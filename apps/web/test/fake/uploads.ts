import type { ImportView, UploadProblemView, UploadShiftView, UploadView } from '../../src/api/views.ts';
import { PEOPLE, SITES } from './people.ts';
import type { World } from './world.ts';

export const UPLOAD = '00000000-0000-4000-8000-0000000000f1';
export const CHANGE = '00000000-0000-4000-8000-0000000000c1';
const IMPORT = '00000000-0000-4000-8000-0000000000e1';

type Counts = NonNullable<UploadView['counts']>;

export const COUNTS: Counts = {
  lines: 1_000,
  repeated: 0,
  people: 50,
  create: 240,
  change: 8,
  unchanged: 2,
  locked: 0,
  problems: 0,
  newCards: 50,
  changedCards: 4,
  from: '2026-11-02',
  to: '2026-11-06',
};

/** A file as it lies there after it was uploaded: everything was found but the site. */
export const received = (): UploadView => ({
  id: UPLOAD,
  fileName: 'november.csv',
  bytes: 61_440,
  status: 'received',
  layout: {
    encoding: 'utf-8',
    delimiter: ';',
    headingLine: 1,
    rows: 'punch',
    columns: ['person', 'instant', 'kind', null],
    site: null,
    newCards: 'week',
  },
  missing: ['Choose the column that names the site, or one site for the whole file.'],
  beginning: {
    headings: ['Email', 'Zeitstempel', 'Buchung', 'Terminal'],
    samples: [
      { line: 2, cells: ['li@example.com', '02.11.2026 08:00', 'Kommen', '7'] },
      { line: 3, cells: ['li@example.com', '02.11.2026 16:30', 'Gehen', '7'] },
    ],
  },
  counts: null,
  progress: null,
  importId: null,
  expiresAt: '2026-11-23T09:00:00.000Z',
});

export function shiftOf(outcome: UploadShiftView['outcome'], n: number): UploadShiftView {
  const [site] = SITES;
  const person = PEOPLE[n % PEOPLE.length];
  const times = { checkIn: '2026-11-02T07:00:00.000Z', checkOut: '2026-11-02T15:30:00.000Z', breakStart: null, breakEnd: null };
  return {
    n,
    lines: [2 * n, 2 * n + 1],
    person: { id: person?.id ?? '', name: person?.name ?? '' },
    site: { id: site?.id ?? '', name: site?.name ?? '' },
    timeZone: 'Europe/Berlin',
    workDate: '2026-11-02',
    ...times,
    before: outcome === 'create' ? null : { ...times, checkIn: '2026-11-02T07:30:00.000Z' },
    outcome,
    card: outcome === 'create' ? null : '00000000-0000-4000-8000-00000000ca4d',
    message: outcome === 'locked' ? 'The timecard "Week of 2 Nov 2026" is approved, with other times.' : null,
  };
}

export const imported = (): ImportView => ({
  id: IMPORT,
  changeId: CHANGE,
  fileName: 'november.csv',
  sha256: 'ab'.repeat(32),
  lines: 1_000,
  shiftsCreated: 240,
  shiftsChanged: 8,
  shiftsUnchanged: 2,
  shiftsLocked: 0,
  timecardsCreated: 50,
  timecardsChanged: 4,
  createdAt: '2026-11-22T09:00:00.000Z',
});

export interface Scene {
  counts: Partial<Counts>;
  problems: readonly UploadProblemView[];
}

/** Teaches a server in the page to take files: reading one finds what the scene says. */
export function takesFiles(world: World, scene: Partial<Scene> = {}): { upload: UploadView } {
  const { counts = {}, problems = [] } = scene;
  const state = { upload: received() };
  const update = (part: Partial<UploadView>) => (state.upload = { ...state.upload, ...part });
  const answers: Record<string, (input: never) => unknown> = {
    'imports.upload': ({ fileName }: { fileName: string }) => (update({ fileName }), { id: UPLOAD }),
    'imports.get': () => state.upload,
    'imports.look': ({ id: _id, ...chosen }: Partial<NonNullable<UploadView['layout']>> & { id: string }) =>
      update({ status: 'received', counts: null, layout: { ...(state.upload.layout as NonNullable<UploadView['layout']>), ...chosen } }),
    'imports.read': ({ id: _id, ...chosen }: Partial<NonNullable<UploadView['layout']>> & { id: string }) =>
      update({
        status: 'read',
        missing: [],
        counts: { ...COUNTS, ...counts },
        layout: { ...(state.upload.layout as NonNullable<UploadView['layout']>), ...chosen },
      }),
    'imports.shifts': ({ outcome, limit, offset }: { outcome: UploadShiftView['outcome']; limit: number; offset: number }) => {
      const total = outcome === 'problem' ? 0 : { ...COUNTS, ...counts }[outcome];
      const data = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, n) => shiftOf(outcome, offset + n + 1));
      return { data, total };
    },
    'imports.problems': ({ limit, offset }: { limit: number; offset: number }) => ({
      data: problems.slice(offset, offset + limit),
      total: problems.length,
    }),
    'imports.confirm': () => (update({ status: 'imported', importId: IMPORT }), imported()),
    'imports.result': imported,
  };
  for (const [path, answer] of Object.entries(answers)) world.answers.set(path, answer);
  return state;
}
