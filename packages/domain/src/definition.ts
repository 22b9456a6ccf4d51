import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { changeSet, currentContext, user, withContext } from '@countersign/audit/context';
import type { LogReader } from '@countersign/audit/log';
import { MATRIX, type Permission, type Viewer } from './people/rights/permissions.ts';
import { whileStanding } from './people/session/still-stands.ts';
import type { ReadView } from './record/reading/read-view.rules.ts';
import type { Reads } from './record/reading/readings.ts';

/** What a definition's `run` gets beside its input. */
export interface Call {
  /** A fork of its own, inside nobody's transaction yet. */
  readonly em: EntityManager;
  /** Who calls. Never null: what may be called without signing in is no definition. */
  readonly viewer: Viewer;
}

/** … of a definition that says as what it reads the log: no other gets it. */
export interface LogCall extends Call {
  readonly log: LogReader;
}

/** Where a definition stands in the REST interface: `path` names its parameters in braces, `/api/timecards/{id}`. */
export interface Rest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: `/api/${string}`;
}

/** `area.verb`. */
export type DottedName = `${string}.${string}`;

/** A definition as it is written down. */
interface Writing<Input extends z.ZodType, Output extends z.ZodType, Name extends DottedName, As extends Reads | undefined> extends Omit<
  Defined<Input, Output, Name>,
  'run' | 'reads'
> {
  readonly reads?: As;
  readonly run: (input: z.output<Input>, call: As extends undefined ? Call : LogCall) => Promise<z.input<Output>>;
}

interface Defined<Input extends z.ZodType, Output extends z.ZodType, Name extends DottedName> {
  /** `area.verb`; the tRPC procedure's path. Kept as a literal type, from which typed clients derive that path. */
  readonly name: Name;
  /** One line for people: the title in the interface's description. */
  readonly summary: string;
  readonly input: Input;
  readonly output: Output;
  readonly rest?: Rest;
  /** Who may call it, as a row of the permission matrix. */
  readonly permission: Permission;
  /** AC-7: of a command that nobody does in another's place: whoever looks at the system as somebody else is refused, whatever they may write. */
  readonly inPerson?: true;
  /** AUD-29: as what it reads the log. Whoever says nothing gets none; what it shows of it is counted, and recorded. */
  readonly reads?: Reads | undefined;
  /** AUD-29: the record of somebody else, as `Type:id`, that its answer shows whole; null where it shows none. It is recorded before it is answered. */
  readonly shows?: (answer: z.input<Output>, viewer: Viewer) => string | null;
  readonly run: (input: z.output<Input>, call: LogCall) => Promise<z.input<Output>>;
}

/** Something that changes what is recorded: one change set, named after it. */
export interface Command<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Name extends DottedName = DottedName,
> extends Defined<Input, Output, Name> {
  readonly kind: 'command';
}

/** Something that only reads. */
export interface Query<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Name extends DottedName = DottedName,
> extends Defined<Input, Output, Name> {
  readonly kind: 'query';
}

/**
 * Defines a command. The tRPC mutation, the REST route, its description and the form are derived from it.
 * However it is called, what it does is one change set that bears its name, and somebody's: the viewer's, where the
 * context names nobody.
 */
export const command = <
  Input extends z.ZodType,
  Output extends z.ZodType,
  const Name extends DottedName,
  const As extends 'decides' | undefined = undefined,
>(
  definition: Writing<Input, Output, Name, As>,
): Command<Input, Output, Name> => ({
  kind: 'command',
  ...definition,
  run: (input, call: LogCall) => {
    const run = () =>
      changeSet(definition.name, () =>
        withContext({ actor: currentContext().actor ?? user(call.viewer.id) }, () => definition.run(input, call)),
      );
    // What is their own and lets nobody in, such as having read a notice, waits for nothing.
    return definition.permission === MATRIX.signedIn ? run() : whileStanding(call.viewer, run);
  },
});

/** Defines a query. The tRPC query, the REST route and its description are derived from it. */
export const query = <
  Input extends z.ZodType,
  Output extends z.ZodType,
  const Name extends DottedName,
  const As extends ReadView | undefined = undefined,
>(
  definition: Writing<Input, Output, Name, As>,
): Query<Input, Output, Name> => ({ kind: 'query', ...definition });
