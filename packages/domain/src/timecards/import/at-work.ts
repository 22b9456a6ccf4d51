import type { EntityManager } from '@mikro-orm/postgresql';
import { Refusal } from '../../errors.ts';
import { inOneFlush } from '../open-card.ts';
import { TimecardUpload } from './upload.ts';

/** Milliseconds between two notes of how far it is. */
const PACE = 300;

/**
 * What triggers and foreign keys look up is planned once for a session. Planned while the tables are nearly empty, it
 * would read all of them for each row of the first large import: half a minute for a hundred thousand punches.
 */
const BY_INDEX = 'set local enable_seqscan = off';

/** How far the work on an upload is, from 0 to 1. */
export type Tell = (done: number) => Promise<void>;

/** An upload in hand, in the transaction in which the work is done. */
export interface InHand {
  readonly em: EntityManager;
  /** As it stands now that nobody else works on it. */
  readonly upload: TimecardUpload;
  readonly tell: Tell;
}

/**
 * Does work on an upload in one transaction, alone: whoever comes meanwhile is told so. How far it is, is written outside of that
 * transaction, so that a page can ask.
 * @throws Refusal CONFLICT where it is being worked on already, NOT_FOUND where it is gone.
 */
export async function atWork<Result>(em: EntityManager, upload: string, work: (inHand: InHand) => Promise<Result>): Promise<Result> {
  const notes = em.fork();
  const note = (progress: number | null) => notes.nativeUpdate(TimecardUpload, { id: upload }, { progress });
  let told = Date.now();
  const tell: Tell = async (done) => {
    if (Date.now() - told < PACE) return;
    told = Date.now();
    await note(Math.round(Math.min(1, done) * 1000));
  };
  try {
    return await inOneFlush(em, async (tx) => {
      await tx.execute(BY_INDEX);
      return work({ em: tx, upload: await takeAlone(tx, upload), tell });
    });
  } finally {
    await note(null);
  }
}

async function takeAlone(em: EntityManager, id: string): Promise<TimecardUpload> {
  const [row] = await em.execute<{ alone: boolean }[]>('select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as alone', [
    `upload:${id}`,
  ]);
  if (!row?.alone) throw new Refusal('CONFLICT', 'This file is being read or imported at this moment.', 'Wait until that has ended.');
  const upload = await em.findOne(TimecardUpload, { id });
  if (!upload) throw new Refusal('NOT_FOUND', 'There is no such file.', 'Uploaded files are kept for a day: upload it again.');
  return upload;
}
