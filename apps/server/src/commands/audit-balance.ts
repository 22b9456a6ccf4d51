import type { Balance } from '@countersign/audit/balance';
import { job, withContext } from '@countersign/audit/context';
import type { Difference } from '@countersign/audit/held-against';
import { atWork } from './offline.ts';

export interface BalanceCommand {
  /** For a program to read. */
  readonly json?: boolean;
}

/** How a balance ends, as the exit code of the command. */
export const BALANCE_CODES = { none: 0, differences: 1, failed: 2 } as const;

/** Differences that are printed or listed; the number of all is always said. */
const LISTED = 1_000;

/** AUD-31: folds the whole log, holds it against the live rows, prints what differs; resolves with the exit code. */
export async function auditBalance({ json = false }: BalanceCommand): Promise<number> {
  const found: Difference[] = [];
  const result = await atWork(({ system }) =>
    withContext({ actor: job('audit balance'), channel: 'cli' }, () =>
      system.checkBalance({ onDifference: (difference) => found.length < LISTED && found.push(difference) }),
    ),
  );
  console.log(json ? JSON.stringify({ ...result, found: found.map(listed) }, null, 2) : balanceText(result, found));
  return result.differences ? BALANCE_CODES.differences : BALANCE_CODES.none;
}

/** Without what may be shown to few: whoever reads a terminal's output isn't known. */
function listed({ kind, target, root, field, sensitive, recorded, present }: Difference) {
  const values = sensitive ? { recorded: PROTECTED, present: PROTECTED } : { recorded, present };
  return { kind, type: target.type, id: target.id, label: target.label, root, field, ...(field !== null && values) };
}

const PROTECTED = '[protected]';

/** What a balance came to, for people. */
export function balanceText(result: Balance, found: readonly Difference[]): string {
  const { events, records, rows, from, to, differences } = result;
  const range = from === to ? `up to #${to}` : `up to #${to} (begun at #${from})`;
  const compared = `Compared ${amount(events, 'event')} of ${amount(records, 'record')} with ${amount(rows, 'row')}, ${range}.`;
  const said = differences ? `${amount(differences, 'difference')}: something was changed without being recorded.` : 'No differences.';
  const table = found.length
    ? ['', ...tableOf(found), ...(differences > found.length ? [`… and ${differences - found.length} more.`] : [])]
    : [];
  return [compared, said, ...table, ...uncomparedText(result)].join('\n');
}

const amount = (n: number, of: string): string => `${n.toLocaleString('en')} ${of}${n === 1 ? '' : 's'}`;

const WORDS: Readonly<Record<Difference['kind'], string>> = {
  row_missing: 'recorded, and not there',
  not_recorded: 'there, and not recorded',
  field: 'differs',
  members: 'other members',
  sealed: 'seal can’t be opened',
};

/** Characters of a value that are printed. */
const SHOWN = 40;

function tableOf(found: readonly Difference[]): string[] {
  const lines = found.map(({ kind, target, field, sensitive, recorded, present }) => {
    const shown = (value: Difference['recorded']) => (field === null ? '' : sensitive ? PROTECTED : valueText(value));
    return [`${target.type} ${target.id}`, field ?? '', WORDS[kind], shown(recorded), shown(present)];
  });
  const all = [['record', 'field', 'difference', 'recorded', 'present'], ...lines];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** On one line, and nothing that would steer the terminal. */
function valueText(value: Difference['recorded']): string {
  const text = value === null ? '(not set)' : typeof value === 'string' ? value : `${value.bytes} bytes, SHA-256 ${value.sha256}`;
  const line = text.replaceAll(/\p{Cc}/gu, '\u{fffd}');
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

function uncomparedText({ uncompared, unread, rowsBefore, uncovered }: Balance): string[] {
  const { erased, too_long, before_record, added_later, retired } = uncompared;
  const notes = [
    [erased, 'of persons who were erased'],
    [too_long, 'too long to be kept or read'],
    [before_record, 'that were set before their record began'],
    [added_later, 'of columns that were added after the record was made'],
    [retired, 'that no entity declares any more'],
  ] as const;
  const said = notes.filter(([n]) => n > 0).map(([n, which]) => `${amount(n, 'field')} ${which}`);
  return [
    ...(said.length ? [`Not compared: ${said.join('; ')}.`] : []),
    ...(unread.length ? [`Longer than is read, and compared by nobody: ${unread.map(({ type, id }) => `${type} ${id}`).join(', ')}.`] : []),
    ...(rowsBefore
      ? [`${amount(rowsBefore, 'row')} were there before the record of their table began, and nobody changed them since.`]
      : []),
    ...(uncovered.length
      ? [`No triggers record the rows of ${uncovered.join(', ')}: rows that nobody told of are no differences there.`]
      : []),
  ];
}
