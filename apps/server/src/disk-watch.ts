import { stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Alert } from '@countersign/domain/messages/alerts';

export interface DiskWatchOptions {
  /** Where data of this node lie. */
  readonly folder: string;
  /** Percent of the disk: with less than these left the administrators are told. 0 for never. */
  readonly watermark: number;
  readonly alert: (alert: Alert) => void;
  readonly report: (problem: unknown) => void;
}

/** Milliseconds. What fills a disk within one of them can't be stopped by a message either. */
const EVERY = 60_000;

/** Tells the administrators before the disk is full on which this node keeps data: the embedded database's, and what waits to be recorded. @returns how to stop. */
export function watchDisk({ folder, watermark, alert, report }: DiskWatchOptions): () => Promise<void> {
  if (watermark === 0) return () => Promise.resolve();
  const look = async () => {
    const { bsize, blocks, bfree, bavail } = await statfs(await existing(folder));
    // Some is kept for the system: what is left is left of what one may fill.
    const [left, all] = [bavail * bsize, (blocks - bfree + bavail) * bsize];
    if (left * 100 < all * watermark) alert(nearlyFull(folder, left, all));
  };
  let looking: Promise<void> | null = null;
  const tick = () => {
    looking ??= look()
      .catch(report)
      .finally(() => (looking = null));
  };
  tick();
  const timer = setInterval(tick, EVERY).unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

/** A folder that isn't made yet will lie on its parent's disk. */
const existing = async (folder: string): Promise<string> =>
  dirname(folder) === folder || (await stat(folder).then(() => true, isMissing)) ? folder : existing(dirname(folder));

function isMissing(problem: unknown): false {
  if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return false;
  throw problem;
}

const nearlyFull = (folder: string, left: number, all: number): Alert => ({
  // Each node has a disk of its own.
  topic: `disk ${hostname()}`.slice(0, 100),
  title: 'A disk is nearly full',
  text: `${sized(left)} of ${sized(all)} are left where ${hostname()} keeps ${folder}. Make room: on a full disk nothing can be saved any more.`.slice(
    0,
    300,
  ),
});

const sized = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
