import type { Answer } from './doors.ts';
import { type Cell, type Expected, findsIt } from './cells.ts';
import type { Shown, Stage } from './stage.ts';
import { seesSensitive } from './tables.ts';

/** What was tried, and in which sentences it was otherwise than the specification says. */
export interface Verdicts {
  cells: number;
  readonly wrongAllows: string[];
  readonly wrongDenies: string[];
}

export const noVerdicts = (): Verdicts => ({ cells: 0, wrongAllows: [], wrongDenies: [] });

const LET_IN = 200;

/** What is wrong with who was let in; null where nothing is. */
export function wrongStatus(expected: Expected, { status }: Answer, passed: readonly number[] = []): string | null {
  if (expected === 'may') return status === LET_IN || passed.includes(status) ? null : 'should have been let in';
  if (expected === 'refused') return status === 403 ? null : 'should have been refused';
  return status === 403 || status === 404 ? null : 'should have been as if there were none';
}

/** An answer without what tells one call from another. */
export const comparable = ({ status, text }: Answer): string => `${status} ${text.replace(/^\{"id":\d+,/, '{')}`;

/** Holds what an answer says against what whoever asked may see of the record. */
export function judgeContent(stage: Stage, verdicts: Verdicts, cell: Cell, { text }: Answer, label: string): void {
  const { example, persona, standing } = cell;
  const finds = findsIt(example.rule, persona.role, standing);
  if (example.found && finds !== null) {
    const found = example.found(dataIn(text) as never);
    if (finds !== found > 0) (finds ? verdicts.wrongDenies : verdicts.wrongAllows).push(`${label}: found ${found}`);
  }
  if (!example.holds || standing === null || finds === false) return;
  const shown = stage.shown(persona, standing);
  for (const part of example.holds) {
    const holds = partOf(shown, part).some((one) => text.includes(one));
    if (!holds && (part !== 'secret' || seesSensitive(persona.role))) verdicts.wrongDenies.push(`${label}: doesn’t show the ${part}`);
  }
}

const partOf = (shown: Shown, part: 'why' | 'whose' | 'secret') => (part === 'secret' ? shown.secrets : [shown[part]]);

/** What a procedure answered, in tRPC's envelope or in REST's none. */
function dataIn(text: string): unknown {
  const body = JSON.parse(text) as { readonly result?: { readonly data: unknown } };
  return body.result ? body.result.data : body;
}
