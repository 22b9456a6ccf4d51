import { stdSerializers } from 'pino';

/** What PostgreSQL says beside its message: whole rows, the values of keys, the line of a document at which it stopped. */
const TELLS_VALUES = ['detail', 'where', 'internalQuery'] as const;
/** Of a problem with the database, what says where it is and holds no value. */
const SAYS_WHERE = ['code', 'schema', 'table', 'column', 'dataType', 'constraint'] as const;
/** Causes of causes that are looked at. */
const DEEPEST = 10;

/**
 * A text about a problem without the values that PostgreSQL put into it: AC-4 holds for the server's log and for what
 * administrators are mailed too. The ORM writes them into the message itself, and from there they get into the stack.
 */
export function withoutValues(problem: unknown, text: string): string {
  return toldIn(problem).reduce((rest, told) => rest.replaceAll(told, '[removed]'), text);
}

function toldIn(problem: unknown): string[] {
  const told: string[] = [];
  for (let one = problem, depth = 0; one instanceof Error && depth < DEEPEST; one = one.cause, depth++) {
    const said = one as Error & Partial<Record<string, unknown>>;
    for (const name of TELLS_VALUES) if (typeof said[name] === 'string' && said[name]) told.push(said[name]);
    if (one instanceof AggregateError) told.push(...one.errors.flatMap(toldIn));
  }
  return told;
}

/** A problem as the log has it. */
export function toldProblem(problem: unknown): unknown {
  if (!(problem instanceof Error)) return problem;
  const { type, message, stack } = stdSerializers.err(problem);
  const where = SAYS_WHERE.flatMap((name) => {
    const said = (problem as Error & Partial<Record<string, unknown>>)[name];
    return typeof said === 'string' ? [[name, said]] : [];
  });
  return { type, message: withoutValues(problem, message), stack: withoutValues(problem, stack), ...Object.fromEntries(where) };
}
