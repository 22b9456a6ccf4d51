import { z } from 'zod';
import { liveNotificationsInput, notificationView } from '@countersign/domain/messages/notification.views';
import { presenceInput, presenceView } from '@countersign/domain/presence/presence.views';
import { eventView, liveInput } from '@countersign/domain/record/record.views';
import type { Definition } from './definition.ts';

/** The part of JSON Schema that types are written from; what else there is (lengths, formats) no type can say. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly not?: Schema;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  /** Of a record: the names that its entries have. */
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly readOnly?: boolean;
}

/**
 * The interface as a declaration file that stands alone: every procedure with its input and output written out, for
 * clients outside of this repository. It needs tRPC's own types, and nothing else.
 */
export function declarations(definitions: readonly Definition[]): string {
  const named = new NamedTypes();
  const areas = new Map<string, string[]>();
  const add = (name: string, written: (verb: string) => string) => {
    const [area, verb] = name.split('.') as [string, string];
    areas.set(area, [...(areas.get(area) ?? []), written(verb)]);
  };
  for (const definition of definitions) add(definition.name, (verb) => procedure(definition, verb, named));
  for (const followed of SUBSCRIPTIONS) add(followed.name, (verb) => subscription(followed, verb, named));
  const record = [...areas].map(([area, verbs]) => `  ${area}: {\n${verbs.join('\n')}\n  };`).join('\n');
  return [HEAD, ...named.written, `export type AppRouter = TRPCBuiltRouter<Root, {\n${record}\n}>;\n`].join('\n');
}

/** Made by hand, and so described by hand; `packages/client/test/declarations.test.ts` fails where one is forgotten. */
const SUBSCRIPTIONS = [
  {
    name: 'audit.live',
    summary: 'The feed from a position on, for as long as it is subscribed to',
    input: liveInput,
    output: z.object({ from: z.int(), to: z.int(), events: z.array(eventView).readonly() }),
  },
  {
    name: 'notifications.live',
    summary: 'What you are told from now on, and how much of it is unread',
    input: liveNotificationsInput,
    output: z.object({ notifications: z.array(notificationView).readonly(), unread: z.int() }),
  },
  {
    name: 'presence.live',
    summary: 'Who else has a record open, and who is editing it; as long as it is subscribed to, its reader has it open too',
    input: presenceInput,
    output: presenceView,
  },
] as const;

const HEAD = `// Written from the definitions of the server's interface; do not edit.
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorData,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';

/** What the caller can mend: \`message\` of the error says what is wrong, \`details\` what to do. */
export interface RefusalShape {
  readonly code: 'VALIDATION_ERROR' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT' | 'SESSION_RENEWED' | 'TOO_LARGE' | 'RATE_LIMITED';
  readonly details: string | null;
  readonly fields: readonly { readonly field: string; readonly message: string }[];
  readonly conflicts: readonly {
    readonly field: string;
    readonly base: string | null;
    readonly present: string | null;
    readonly changedBy: { readonly id: string | null; readonly name: string } | null;
    readonly changedAt: string;
  }[];
}

/** What every error of every procedure looks like. */
export interface ApiErrorShape extends TRPCDefaultErrorShape {
  data: Omit<TRPCDefaultErrorData, 'stack'> & {
    /** Null where it isn't the caller's. */
    refusal: RefusalShape | null;
    /** To be named when asking for help about an error that isn't the caller's. */
    requestId: string | null;
  };
}

interface Root {
  ctx: object;
  meta: object;
  errorShape: ApiErrorShape;
  transformer: false;
}
`;

function procedure({ kind, name, summary, input, output }: Definition, verb: string, named: NamedTypes): string {
  const type = kind === 'command' ? 'TRPCMutationProcedure' : 'TRPCQueryProcedure';
  const given = jsonSchema(input, 'input');
  const taken = named.typeOf(given, `${name}.input`);
  // It may be left out altogether where every field may.
  const optional = given.required?.length ? '' : ' | undefined';
  const answered = named.typeOf(jsonSchema(output, 'output'), `${name}.output`);
  return `    /** ${summary}. */
    ${verb}: ${type}<{
      input: ${taken}${optional};
      output: ${answered};
      meta: unknown;
      errorShape: ApiErrorShape;
    }>;`;
}

function subscription({ name, summary, input, output }: (typeof SUBSCRIPTIONS)[number], verb: string, named: NamedTypes): string {
  const step = named.typeOf(jsonSchema(output, 'output'), `${name}.output`);
  const given = named.typeOf(jsonSchema(input, 'input'), `${name}.input`);
  // What goes on where it was has an id at each step; of what is complete at each step nothing has to be gone on with.
  const item = 'lastEventId' in input.shape ? `{ id: string; data: ${step} }` : step;
  return `    /** ${summary}. */
    ${verb}: TRPCSubscriptionProcedure<{
      input: ${input.safeParse({}).success ? `${given} | undefined` : given};
      output: AsyncIterable<${item}, void>;
      meta: unknown;
      errorShape: ApiErrorShape;
    }>;`;
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;

/** Types that refer to themselves need a name; all others are written where they stand. */
class NamedTypes {
  readonly written: string[] = [];

  /** The TypeScript of a schema; `place` names the types that it defines for itself. */
  typeOf(schema: Schema, place: string): string {
    const prefix = pascalCase(place);
    const nameOf = (ref: string) => `${prefix}${pascalCase(ref.replace(/^#(\/\$defs\/)?/, ''))}`;
    for (const [key, definition] of Object.entries(schema.$defs ?? {}))
      this.written.push(`type ${nameOf(key)} = ${typeText(definition, nameOf)};\n`);
    return typeText(schema, nameOf);
  }
}

const pascalCase = (text: string) => text.replace(/(?:^|[\W_]+)(\w?)/g, (_, letter: string) => letter.toUpperCase());

function typeText(schema: Schema, nameOf: (ref: string) => string): string {
  const each = (inner: Schema) => typeText(inner, nameOf);
  const union = schema.anyOf ?? schema.oneOf;
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (union) return [...new Set(union.map(each))].join(' | ');
  if (schema.allOf) return schema.allOf.map((part) => `(${each(part)})`).join(' & ');
  if (schema.not) return 'never';
  if (schema.type === undefined) return 'unknown';
  return [schema.type]
    .flat()
    .map((type) => typeByName(type, schema, each))
    .join(' | ');
}

function typeByName(type: string, schema: Schema, each: (inner: Schema) => string): string {
  switch (type) {
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return type;
    case 'array':
      if (schema.readOnly) return `readonly ${typeByName(type, { ...schema, readOnly: false }, each)}`;
      return schema.prefixItems ? `[${schema.prefixItems.map(each).join(', ')}]` : listOf(schema.items ? each(schema.items) : 'unknown');
    case 'object':
      return objectType(schema, each);
    default:
      throw new Error(`no type is known for JSON Schema's "${type}"`);
  }
}

const listOf = (item: string) => (/^\w+$/.test(item) ? `${item}[]` : `(${item})[]`);

function objectType(
  { properties = {}, required = [], additionalProperties, propertyNames }: Schema,
  each: (inner: Schema) => string,
): string {
  const field = (name: string, schema: Schema) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return required.includes(name) ? `${key}: ${each(schema)};` : `${key}?: ${each(schema)} | undefined;`;
  };
  const fields = Object.entries(properties).map(([name, schema]) => field(name, schema));
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length) {
    const names = (propertyNames?.enum ?? []).filter((name) => typeof name === 'string');
    if (names.length) fields.push(...names.map((name) => field(name, additionalProperties)));
    else fields.push(`[key: string]: ${each(additionalProperties)};`);
  }
  return fields.length ? `{ ${fields.join(' ')} }` : 'Record<string, never>';
}
