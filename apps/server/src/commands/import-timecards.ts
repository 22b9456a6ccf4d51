import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { parseInput } from '@countersign/api/input';
import { withContext, user } from '@countersign/audit/context';
import type { LogCall } from '@countersign/domain/definition';
import { Refusal } from '@countersign/domain/errors';
import { mailAddress } from '@countersign/domain/people/mail-address.rules';
import { Site } from '@countersign/domain/people/site';
import { User } from '@countersign/domain/people/user';
import { loadViewer } from '@countersign/domain/people/viewer';
import { confirmImport, discardUpload, readUploaded } from '@countersign/domain/timecards/import/import.commands';
import { uploadProblems } from '@countersign/domain/timecards/import/import.queries';
import { confirmInput, readInput } from '@countersign/domain/timecards/import/import.views';
import { receive } from '@countersign/domain/timecards/import/receive';
import { reason } from '@countersign/domain/timecards/timecard.views';
import { atWork } from './offline.ts';

export interface ImportOptions {
  /** Mail address of the manager or admin whose import it is. */
  readonly as: string;
  readonly reason?: string;
  /** Name of the site of lines that name none. */
  readonly site?: string;
  readonly rows?: string;
  /** What the columns hold, in their order. */
  readonly columns?: string;
  readonly newCards?: string;
  readonly leaveLocked?: boolean;
  /** Show what it would do, and do nothing. */
  readonly check?: boolean;
}

/** Errors that are printed. */
const SHOWN = 50;

/** Imports a file of hours, or says line by line why not. @throws Refusal for whatever can be mended. */
export async function importTimecards(file: string, options: ImportOptions): Promise<void> {
  await refuseNoFile(file);
  // Before anything is read: the reason is what is most easily forgotten.
  if (!options.check) parseInput(z.object({ reason }), { reason: options.reason }, 'camel');
  await atWork(async ({ system }, settings) => {
    const em = system.orm.em.fork();
    const viewer = await viewerFor(em, options.as);
    const work = async (log: LogCall['log']) => {
      const call: LogCall = { em, viewer, log };
      const id = await receive(em, viewer, { fileName: basename(file), bytes: createReadStream(file), limit: settings.importLimit });
      try {
        await read(id, call, options);
        if (options.check) console.log('Nothing was imported, since --check was given.');
        else await confirm(id, call, options);
      } finally {
        await discardUpload.run({ id }, call);
      }
    };
    // An import shows nothing of the log.
    await withContext({ actor: user(viewer.id), channel: 'cli' }, () => system.services.log.during(undefined, work));
  });
}

async function read(id: string, call: LogCall, { rows, columns, site, newCards }: ImportOptions): Promise<void> {
  const chosen = {
    id,
    ...(rows !== undefined && { rows }),
    ...(columns !== undefined && { columns: columns.split(',').map((field) => field.trim() || null) }),
    ...(site !== undefined && { site: await siteCalled(call.em, site) }),
    ...(newCards !== undefined && { newCards }),
  };
  const { counts } = await readUploaded.run(parseInput(readInput, chosen, 'camel'), call);
  if (!counts) return;
  console.log(
    `${counts.lines} lines: ${counts.create} shifts to create, ${counts.change} to change, ${counts.unchanged} unchanged, ${counts.locked} to leave on timecards that are submitted or approved, ${counts.problems} lines with errors.`,
  );
  if (counts.problems) await refuseWithLines(id, call);
}

async function confirm(id: string, call: LogCall, { reason, leaveLocked }: ImportOptions): Promise<void> {
  const made = await confirmImport.run(parseInput(confirmInput, { id, reason, leaveLocked: leaveLocked ?? false }, 'camel'), call);
  console.log(
    `Imported: ${made.timecardsCreated} timecards made and ${made.timecardsChanged} changed, in the change set ${made.changeId}.`,
  );
}

async function refuseNoFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new Refusal('NOT_FOUND', `There is no file ${file}.`);
}

async function viewerFor(em: LogCall['em'], email: string): Promise<LogCall['viewer']> {
  const person = await em.fork().findOne(User, { email: mailAddress(email) });
  const viewer = person && (await loadViewer(em, person.id));
  if (!viewer) throw new Refusal('NOT_FOUND', `Nobody can sign in as ${email}.`, 'Name the manager or admin whose import it is by --as.');
  return viewer;
}

async function siteCalled(em: LogCall['em'], name: string): Promise<string> {
  const site = await em.fork().findOne(Site, { name });
  if (!site) throw new Refusal('NOT_FOUND', `There is no site called ${name}.`);
  return site.id;
}

async function refuseWithLines(id: string, call: LogCall): Promise<never> {
  const { data, total } = await uploadProblems.run({ id, limit: SHOWN, offset: 0 }, call);
  for (const { line, column, message } of data) console.error(`line ${line}${column === null ? '' : `, ${column}`}: ${message}`);
  if (total > data.length) console.error(`… and ${total - data.length} more.`);
  throw new Refusal('VALIDATION_ERROR', 'Nothing was imported:', 'mend these lines, and run it again.');
}
