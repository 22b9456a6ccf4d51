import { withContext } from '@countersign/audit/context';
import type { z } from 'zod';
import type { Viewer } from '../../../src/people/rights/permissions.ts';
import { confirmImport, readUploaded } from '../../../src/timecards/import/import.commands.ts';
import type { importView, readInput, uploadView } from '../../../src/timecards/import/import.views.ts';
import { receive } from '../../../src/timecards/import/receive.ts';
import type { World } from '../../world.ts';

export type Upload = z.output<typeof uploadView>;
export type Imported = z.output<typeof importView>;

const MB = 1024 * 1024;

/** Bytes as a slow connection brings them. */
export async function* inPieces(bytes: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Uploads a file, and returns its id. */
export const uploaded = (w: World, viewer: Viewer, file: string | Uint8Array, fileName = 'clock.csv'): Promise<string> =>
  withContext({}, () =>
    receive(w.orm.em.fork(), viewer, {
      fileName,
      bytes: inPieces(typeof file === 'string' ? new TextEncoder().encode(file) : file),
      limit: 4 * MB,
    }),
  );

/** Uploads a file and reads it, at the site of the small organisation unless a column names one. */
export async function previewed(
  w: World,
  viewer: Viewer,
  file: string | Uint8Array,
  chosen: Omit<z.input<typeof readInput>, 'id'> = {},
): Promise<Upload> {
  const id = await uploaded(w, viewer, file);
  return w.run(readUploaded, viewer, { id, site: w.site.id, ...chosen });
}

export const REASON = 'the hours of the time clock';

/** Uploads a file, reads it and imports it. */
export async function imported(
  w: World,
  viewer: Viewer,
  file: string | Uint8Array,
  chosen: Omit<z.input<typeof readInput>, 'id'> = {},
): Promise<Imported> {
  const { id } = await previewed(w, viewer, file, chosen);
  return w.run(confirmImport, viewer, { id, reason: REASON });
}

/** A file of lines. */
export const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`;
