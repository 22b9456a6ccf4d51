import type { EntityManager } from '@mikro-orm/postgresql';
import { currentContext } from '@countersign/audit/context';
import { Refusal } from '../../errors.ts';
import type { Viewer } from '../../people/rights/permissions.ts';
import { settingsOf } from '../../people/rights/settings.ts';
import { loadViewer } from '../../people/viewer.ts';
import { mayImport } from '../timecard.rules.ts';
import { atWork } from './at-work.ts';
import { readBook } from './book.ts';
import { importFor } from './importing.ts';
import type { Layout, ReadCounts } from './layout.ts';
import { refuseImported } from './read.ts';
import { forgetFile, groupsOfPeople } from './staged.ts';
import { TimecardImport } from './timecard-import.ts';
import { TimecardUpload } from './upload.ts';

/** What somebody confirms: a file that was read, as it was shown to them. */
export interface Confirmed {
  /** The upload's id. */
  readonly id: string;
  /** Whether they have seen that some shifts stay as they are, since their cards are submitted or approved. */
  readonly leaveLocked: boolean;
  readonly viewer: Viewer;
}

/**
 * Imports a file as it was shown: everything in one transaction and one change set, or nothing.
 * @throws Refusal VALIDATION_ERROR where it can't be imported like this, CONFLICT where cards were changed since it was read.
 */
export async function confirmUpload(em: EntityManager, { id, leaveLocked, viewer }: Confirmed): Promise<TimecardImport> {
  const settings = await settingsOf(em);
  return atWork(em, id, async ({ em: tx, upload, tell }) => {
    const { layout, counts } = importable(upload, leaveLocked);
    const about = { upload: upload.id, layout, settings, viewer, book: await readBook(tx) };
    let people = 0;
    for await (const group of groupsOfPeople(tx, 'timecard_upload_shifts', upload.id)) {
      await importFor(tx, group, about);
      people += group.length;
      await tell(people / counts.people);
    }
    const made = tx.create(TimecardImport, recordOf(upload, counts, viewer));
    await tx.flush();
    // What was uploaded has done its work.
    await forgetFile(tx, upload.id);
    await tx.nativeUpdate(TimecardUpload, { id: upload.id }, { status: 'imported', importId: made.id });
    // It took as long as the file is: whoever was disabled meanwhile, or got another role, has imported nothing.
    const present = await loadViewer(em, viewer.id);
    if (!present || !mayImport(present.role))
      throw new Refusal('FORBIDDEN', 'You may not import timecards any more.', 'Nothing was imported.');
    return made;
  });
}

function importable(upload: TimecardUpload, leaveLocked: boolean): { readonly layout: Layout; readonly counts: ReadCounts } {
  refuseImported(upload);
  const { status, layout, counts } = upload;
  if (status !== 'read' || !layout || !counts)
    throw new Refusal('VALIDATION_ERROR', 'This file was not read yet.', 'Read it first, and look at what it would do.');
  if (counts.problems)
    throw new Refusal(
      'VALIDATION_ERROR',
      `${counts.problems} lines of this file have errors.`,
      'Nothing is imported by halves: mend these lines, and upload the file again.',
    );
  if (!counts.create && !counts.change)
    throw new Refusal('VALIDATION_ERROR', 'There is nothing to import.', 'Every shift of this file stands already, or stays as it is.');
  if (counts.locked && !leaveLocked)
    throw new Refusal(
      'VALIDATION_ERROR',
      `${counts.locked} shifts belong to timecards that are submitted or approved.`,
      'They stay as they are: say that you have seen it.',
      {
        fields: [{ field: 'leave_locked', message: 'Say that these shifts are to stay as they are.' }],
      },
    );
  return { layout, counts };
}

function recordOf({ fileName, sha256 }: TimecardUpload, counts: ReadCounts, viewer: Viewer) {
  const { changeId } = currentContext();
  if (changeId === null) throw new Error('An import is one change set: run the command, or the work inside changeSet()');
  return {
    owner: viewer.id,
    fileName,
    sha256: sha256 ?? '',
    lines: counts.lines,
    shiftsCreated: counts.create,
    shiftsChanged: counts.change,
    shiftsUnchanged: counts.unchanged,
    shiftsLocked: counts.locked,
    timecardsCreated: counts.newCards,
    timecardsChanged: counts.changedCards,
    changeId,
  };
}
