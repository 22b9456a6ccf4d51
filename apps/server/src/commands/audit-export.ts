import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { exportOfBytes, exportOfReference, type KnownExport } from '@countersign/domain/timecards/export/known-export';
import { atWork } from './offline.ts';

export interface ExportCommand {
  /** For a program to read. */
  readonly json?: boolean;
}

/** How the question ends, as the exit code of the command. */
export const EXPORT_CODES = { genuine: 0, notGenuine: 1, failed: 2 } as const;

/** What a file is: one that was exported as it lies there, one of an export that it no longer is, or nothing that is known. */
export interface Judged {
  readonly verdict: 'genuine' | 'altered' | 'unknown';
  readonly sha256: string;
  readonly bytes: number;
  readonly export: KnownExport | null;
}

/** AUD-29: says whether a file is one that was exported, when, by whom and by which filter; resolves with the exit code. */
export async function auditExport(path: string, { json = false }: ExportCommand): Promise<number> {
  const file = await hashedFile(path);
  const judged = await atWork(async ({ system }) => {
    const looking = { em: system.orm.em.fork(), log: system.trail.log };
    // Two exports of the same cards have the same bytes: the name says which one this is.
    const reference = referenceIn(basename(path));
    const named = reference === null ? null : await exportOfReference(looking, reference);
    const same = named?.file?.sha256 === file.sha256 ? named : await exportOfBytes(looking, file.sha256);
    if (same) return { ...file, verdict: 'genuine', export: same } as const;
    return { ...file, verdict: named ? 'altered' : 'unknown', export: named } as const;
  });
  console.log(json ? JSON.stringify(judged, null, 2) : exportText(judged));
  return judged.verdict === 'genuine' ? EXPORT_CODES.genuine : EXPORT_CODES.notGenuine;
}

async function hashedFile(path: string): Promise<Pick<Judged, 'sha256' | 'bytes'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    hash.update(piece as Buffer);
    bytes += (piece as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The reference that the file was named by when it left. */
export const referenceIn = (name: string): string | null =>
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(name)?.[0].toLowerCase() ?? null;

/** The answer, for people. */
export function exportText({ verdict, sha256, bytes, export: known }: Judged): string {
  const file = `SHA-256 ${sha256}, ${bytes.toLocaleString('en')} bytes`;
  if (!known)
    return [
      'No export had these bytes: the file was altered since, or is none of this system.',
      'An export is known by the reference in the name that it was given, too: with that name it can be said which it was.',
      file,
    ].join('\n');
  return [headlineOf(verdict, known), ...aboutExport(known), file].join('\n');
}

function headlineOf(verdict: Judged['verdict'], { file }: KnownExport): string {
  if (verdict === 'genuine') return 'This file is as it was exported.';
  if (file) return `This file is named as an export is, and isn’t what was exported: that had ${file.bytes.toLocaleString('en')} bytes.`;
  return 'This file is named as an export is that was never fetched to its end, so nobody can say whether it was altered.';
}

function aboutExport({ reference, position, at, by, through, told, peopleStand }: KnownExport): string[] {
  const who = `${nameOf(by)}${through ? `, looking as ${nameOf(through)}` : ''}`;
  const filter = Object.entries(told.filter).map(([name, value]) => `${name} ${[value].flat().join(', ')}`);
  const people = told.people === undefined ? [] : [`${told.people.toLocaleString('en')} people`];
  return [
    `Exported ${at} by ${who}; event #${position}, reference ${reference}.`,
    `One row for each ${told.rows}, of ${[`${told.timecards.toLocaleString('en')} timecards`, ...people].join(' of ')}; filter: ${filter.join('; ') || 'none'}.`,
    ...(peopleStand === false
      ? ['The rows that name whose they were are no longer those that the event tells of: somebody altered them, or a person was deleted.']
      : []),
  ];
}

const nameOf = ({ id, name }: KnownExport['by']): string => (name === null ? `somebody who is no longer known (${id})` : `${name} (${id})`);
