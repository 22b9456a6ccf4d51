import { median } from '../table.ts';
import type { Contender } from './contender.ts';
import type { Measure, Round } from './round.ts';

/** Everything that was measured of a contender. */
export interface Result {
  readonly contender: Contender;
  readonly rounds: readonly Round[];
  /** Of one change set; null for what was not measured. */
  readonly statements: Readonly<Record<'one' | 'many', number>> | null;
  /** Of the record of a change; NaN where there is none. */
  readonly bytes: Readonly<Record<'one' | 'many', number>>;
}

type Row = Readonly<Record<string, string | number>>;

/** What ours, by hooks and triggers, is to stay below or above. */
const TARGETS = {
  variant: 'target, hooks and triggers',
  'one, ×': '≤ 1.3',
  '1,000, ×': '≤ 1.4',
  '16 writers, % of no audit': '≥ 80 (≥ 65)',
  'raw UPDATE, above': '≤ 10',
  'one-row UPDATE, above': '≤ 45',
  'bytes, alone': '≤ 1,300',
  'bytes, in 1,000': '≤ 900',
};

/** A row for each contender, and the targets. */
export function report(results: readonly Result[]): Row[] {
  const rows = results.map((result) => rowOf(result, results.find(({ contender }) => contender.name === result.contender.base) ?? result));
  const columns = Object.keys(rows[0] ?? {});
  return [...rows, Object.fromEntries(columns.map((column) => [column, (TARGETS as Row)[column] ?? '']))];
}

function rowOf(result: Result, base: Result): Row {
  const { contender, statements, bytes } = result;
  const [mine, theirs] = [figures(result), figures(base)];
  // Round by round against the same round without audit: the machine's speed drifts, and takes both along.
  const times = (measure: Measure, kind: Kind) =>
    number(middle(mine(measure, kind).map((one, round) => one / at(theirs(measure, kind), round))), 2);
  const above = (measure: Measure, kind: Kind) =>
    number(middle(mine(measure, kind).map((one, round) => one - at(theirs(measure, kind), round))), 1);
  const absolute = (measure: Measure, kind: Kind, digits = 0) => number(middle(mine(measure, kind)), digits);
  const pace = mine('writers', 'wall').map((one, round) => (100 * at(theirs('writers', 'wall'), round)) / one);
  return {
    variant: contender.name,
    'one, µs': absolute('one', 'wall'),
    'one, ×': times('one', 'wall'),
    'one, CPU µs': absolute('one', 'cpu'),
    'one, CPU ×': times('one', 'cpu'),
    'one, statements': statements?.one ?? '',
    '1,000, µs a row': absolute('many', 'wall'),
    '1,000, ×': times('many', 'wall'),
    '1,000, CPU µs a row': absolute('many', 'cpu'),
    '1,000, CPU ×': times('many', 'cpu'),
    '1,000, statements': statements?.many ?? '',
    '16 writers, commits/s': number(1_000_000 / middle(mine('writers', 'wall')), 0),
    '16 writers, % of no audit': number(middle(pace), 0),
    '16 writers, CPU µs': absolute('writers', 'cpu'),
    'numbered after, ms': number(middle(result.rounds.map(({ behind }) => behind)), 0),
    'raw UPDATE, µs a row': absolute('raw', 'wall', 1),
    'raw UPDATE, above': above('raw', 'wall'),
    'raw UPDATE, CPU above': above('raw', 'cpu'),
    'one-row UPDATE, µs': absolute('rows', 'wall', 1),
    'one-row UPDATE, above': above('rows', 'wall'),
    'one-row UPDATE, CPU above': above('rows', 'cpu'),
    'bytes, alone': number(bytes.one, 0),
    'bytes, in 1,000': number(bytes.many, 0),
  };
}

type Kind = 'wall' | 'cpu';

const figures =
  ({ rounds }: Result) =>
  (measure: Measure, kind: Kind): number[] =>
    rounds.map(({ spent }) => spent[measure]?.[kind] ?? Number.NaN);

const at = (values: readonly number[], round: number) => values[round] ?? Number.NaN;

const middle = (values: readonly number[]) => (values.some(Number.isNaN) ? Number.NaN : median(values));

const number = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : '');
