import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { Refusal } from '@countersign/domain/errors';
import { auditBalance, BALANCE_CODES, type BalanceCommand } from './commands/audit-balance.ts';
import { auditExport, EXPORT_CODES, type ExportCommand } from './commands/audit-export.ts';
import { createAdmin, type NewAdmin } from './commands/create-admin.ts';
import { importTimecards, type ImportOptions } from './commands/import-timecards.ts';
import { migrateOnly } from './commands/migrate.ts';
import { seedDemoData } from './commands/seed-demo.ts';
import { start } from './commands/start.ts';
import { SettingsError, settingsTable } from './settings.ts';

const program = new Command('countersign').description('The record of who changed what, when and why in workforce operations.');

program
  .command('start', { isDefault: true })
  .description('serve pages, interface and live feed')
  .action(async () => process.exit(await start()));
program
  .command('migrate')
  .description('make the database ready, and nothing else')
  .option('--go-back', "put this version's audit policies in the place of newer ones; stop all nodes before")
  .action((options: { goBack?: boolean }) => migrateOnly(options));
program.command('seed').description('fill an empty database').command('demo').description('with a demonstration').action(seedDemoData);
program
  .command('admin')
  .description('administrators')
  .command('create')
  .description('make an administrator')
  .requiredOption('--email <address>', 'whom to sign in as')
  .requiredOption('--name <name>', 'first and last name')
  .option('--password-stdin', 'read the password from standard input; otherwise one is made and printed')
  .action((options: NewAdmin) => createAdmin(options));
const audit = program.command('audit').description('the audit trail');
audit
  .command('balance')
  .description(
    'compare everything that was recorded with what is there; exits with 1 where it differs, with 2 where that could not be found out',
  )
  .option('--json', 'print the result for a program to read')
  .action(async (options: BalanceCommand) => {
    process.exitCode = BALANCE_CODES.failed;
    process.exitCode = await auditBalance(options);
  });
audit
  .command('export')
  .description(
    'say whether a file is one that was exported, when, by whom and by which filter; exits with 1 where it was altered or is unknown, with 2 where that could not be found out',
  )
  .argument('<file>', 'the file')
  .option('--json', 'print the answer for a program to read')
  .action(async (file: string, options: ExportCommand) => {
    process.exitCode = EXPORT_CODES.failed;
    process.exitCode = await auditExport(file, options);
  });
program
  .command('import')
  .description('take in data')
  .command('timecards')
  .description('import the CSV of a time clock')
  .argument('<file>', 'the file')
  .requiredOption('--as <address>', 'the mail address of the manager or admin whose import it is')
  .option('--reason <text>', 'why; it stands with every change')
  .option('--site <name>', 'the site of lines that name none')
  .option('--rows <kind>', 'what a row is, where that is not found: punch or shift')
  .option('--columns <fields>', 'what the columns hold, where that is not found: person,,day,check_in,check_out')
  .option('--new-cards <period>', 'what timecards are made for: day or week')
  .option('--leave-locked', 'leave submitted and approved timecards as they are, where the file says otherwise')
  .option('--check', 'show what it would do, and do nothing')
  .action((file: string, options: ImportOptions) => importTimecards(file, options));
program
  .command('settings')
  .description('print what can be set')
  .action(() => console.log(settingsTable()));

// On the other side of the wire, hence a program of its own; images that only serve come without it.
const tail = fileURLToPath(new URL('../../../packages/client/src/tail/main.ts', import.meta.url));
if (existsSync(tail)) program.command('tail', 'follow the live feed in this terminal', { executableFile: tail });

try {
  await program.parseAsync();
} catch (problem) {
  console.error(adviceOf(problem));
  process.exitCode ??= 1;
}

/** What somebody at a terminal can do about it; a stack only where nobody foresaw it. */
function adviceOf(problem: unknown): string {
  if (problem instanceof SettingsError) return problem.message;
  if (problem instanceof Refusal) return [problem.message, problem.details].filter(Boolean).join(' ');
  if (!(problem instanceof Error)) return String(problem);
  return process.env['LOG_LEVEL'] === 'debug' ? (problem.stack ?? problem.message) : `Countersign could not go on: ${problem.message}`;
}
