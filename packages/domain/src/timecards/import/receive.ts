import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import type { Viewer } from '../../people/rights/permissions.ts';
import { mayImport } from '../timecard.rules.ts';
import { EncodingWatch } from './encoding.rules.ts';
import { lookAt } from './look.ts';
import { TimecardUpload, UploadChunk } from './upload.ts';

/** Uploads that one person may have at a time; with a further one the oldest goes. */
const MOST_UPLOADS = 5;
/** Bytes that are kept together. */
const CHUNK = 256 * 1024;

/** A file as it comes in. */
export interface Incoming {
  readonly fileName: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Bytes that are taken at most. */
  readonly limit: number;
}

/**
 * Keeps an uploaded file and looks at its beginning. A connection to the database is held only while a piece is written,
 * however slowly the file comes.
 * @throws Refusal FORBIDDEN, TOO_LARGE, or VALIDATION_ERROR where it is no table of text.
 */
export async function receive(em: EntityManager, viewer: Viewer, incoming: Incoming): Promise<string> {
  checkMayImport(viewer);
  await makeRoom(em, viewer);
  const writer = em.fork();
  const upload = writer.create(TimecardUpload, {
    owner: viewer.id,
    fileName: nameOf(incoming.fileName),
    status: 'receiving',
    bytes: 0,
  });
  await writer.flush();
  try {
    const kept = await keep(em.fork(), upload.id, incoming);
    writer.assign(upload, { ...kept, status: 'received' });
    await writer.flush();
    return upload.id;
  } catch (problem) {
    await em.fork().nativeDelete(TimecardUpload, { id: upload.id });
    throw problem;
  }
}

/** @throws Refusal FORBIDDEN for whom AC-9 doesn't name. */
export function checkMayImport(viewer: Viewer): void {
  if (!mayImport(viewer.role)) throw new Refusal('FORBIDDEN', 'Your role may not import timecards.', 'Managers and admins import them.');
}

async function makeRoom(em: EntityManager, viewer: Viewer): Promise<void> {
  await em.fork().nativeDelete(TimecardUpload, { expiresAt: { $lte: now() } });
  const own = await em.fork().find(TimecardUpload, { owner: viewer.id }, { fields: ['id'], orderBy: { createdAt: 'desc', id: 'asc' } });
  const surplus = own.slice(MOST_UPLOADS - 1).map(({ id }) => id);
  if (surplus.length) await em.fork().nativeDelete(TimecardUpload, { id: { $in: surplus } });
}

/** The last part of what may be a path, without what can't be shown. */
const nameOf = (given: string) =>
  given
    .split(/[/\\]/)
    .at(-1)
    ?.toWellFormed()
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 255) || 'timecards.csv';

async function keep(em: EntityManager, upload: string, { bytes, limit }: Incoming) {
  const hash = createHash('sha256');
  const watch = new EncodingWatch();
  let first: Uint8Array | null = null;
  let size = 0;
  let n = 0;
  for await (const chunk of inChunks(bytes)) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    hash.update(chunk);
    watch.take(chunk);
    first ??= chunk;
    await em.insertMany(UploadChunk, [{ upload, n: (n += 1), bytes: Buffer.from(chunk) }]);
  }
  const content = watch.end();
  if (!first) throw new Refusal('VALIDATION_ERROR', 'This file is empty.', 'Export the hours from the time clock again.');
  if ('unreadable' in content) throw new Refusal('VALIDATION_ERROR', 'This file can’t be read.', content.unreadable);
  return { bytes: size, sha256: hash.digest('hex'), ...lookAt(first, content) };
}

/** @throws Refusal TOO_LARGE. */
export const tooLarge = (limit: number) =>
  new Refusal(
    'TOO_LARGE',
    'This file is too large',
    `At most ${Math.floor(limit / 1024 / 1024)} MB are taken: split it, by month for instance.`,
  );

async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    waiting.push(piece);
    size += piece.byteLength;
    if (size < CHUNK) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size) yield Buffer.concat(waiting);
}
