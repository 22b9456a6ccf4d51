import type { z } from 'zod';
import type { Command, DottedName, LogCall, Query } from '@countersign/domain/definition';
import { MATRIX, type Permission, type Viewer } from '@countersign/domain/people/rights/permissions';

/**
 * Any definition, whatever its input: `run` takes `never`, so that each command and query is one of these, and so
 * that nobody can run one except with what its own schema has parsed.
 */
export interface Definition extends Omit<Command, 'kind' | 'run' | 'shows'> {
  readonly kind: Command['kind'] | Query['kind'];
  readonly shows?: (answer: never, viewer: Viewer) => string | null;
  readonly run: (input: never, call: LogCall) => Promise<unknown>;
}

/** The definitions among the exports of these modules, as types. */
export type DefinitionIn<Modules extends readonly object[]> = {
  [Index in keyof Modules]: Extract<Modules[Index][keyof Modules[Index]], Definition>;
}[number];

export type InputOf<Defined extends Definition> = z.input<Defined['input']>;
export type OutputOf<Defined extends Definition> = z.output<Defined['output']>;

const ROWS: ReadonlySet<Permission> = new Set(Object.values(MATRIX));

/**
 * The definitions among the exports of these modules: whatever `command()` or `query()` made.
 * @throws Error when two have one name, when a name isn't `area.verb`, when a schema would let unknown fields through, or
 * when who may is no row of the matrix: that one would be shown to nobody, and tested by nothing.
 */
export function definitionsIn<const Modules extends readonly object[]>(modules: Modules): DefinitionIn<Modules>[] {
  const found = modules.flatMap((module) => Object.values(module).filter(isDefinition));
  const names = new Set<DottedName>();
  for (const { name, input, permission } of found) {
    if (!/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/.test(name)) throw new Error(`${name} is no name for a definition: use area.verb`);
    if (names.has(name)) throw new Error(`two definitions are called ${name}`);
    names.add(name);
    if (!ROWS.has(permission)) throw new Error(`${name} has no row of the matrix: its permission must be one of MATRIX`);
    if (!isStrict(input)) throw new Error(`the input of ${name} takes unknown fields silently: use z.strictObject`);
  }
  return found as DefinitionIn<Modules>[];
}

function isDefinition(value: unknown): value is Definition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'command' || value.kind === 'query') &&
    'run' in value &&
    'permission' in value
  );
}

function isStrict(input: z.ZodType): boolean {
  const { def } = (input as unknown as z.core.$ZodTypes)._zod;
  return def.type === 'object' && (def.catchall as z.core.$ZodTypes | undefined)?._zod.def.type === 'never';
}
