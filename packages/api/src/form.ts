import { z } from 'zod';
import { query } from '@countersign/domain/definition';
import { Refusal } from '@countersign/domain/errors';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import type { Definition } from './definition.ts';

/** One field of a form, as a page needs it to draw and check it. */
export interface FormField {
  /** The input's own name for it. */
  readonly name: string;
  readonly title: string;
  /** How it is typed in and shown: the schema's `x-kind`, else what its type suggests. */
  readonly kind: string;
  readonly required: boolean;
  readonly maxLength?: number | undefined;
  /** What may be chosen. */
  readonly options?: readonly string[] | undefined;
  /** Of a list: the fields of each of its items. */
  readonly fields?: readonly FormField[] | undefined;
}

const formField: z.ZodType<FormField> = z.object({
  name: z.string(),
  title: z.string(),
  kind: z.string(),
  required: z.boolean(),
  maxLength: z.number().int().optional(),
  options: z.array(z.string()).optional(),
  get fields() {
    return z.array(formField).optional();
  },
});

/** The part of JSON Schema that forms go by. */
interface Schema {
  readonly title?: string;
  readonly 'x-kind'?: string;
  readonly type?: string;
  readonly maxLength?: number;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** The fields of a command's input that people fill in: those that its schema gives a title. */
export function formOf(definition: Pick<Definition, 'input'>): FormField[] {
  return fieldsOf(z.toJSONSchema(definition.input, { io: 'input', unrepresentable: 'any' }) as Schema);
}

function fieldsOf({ properties = {}, required = [] }: Schema): FormField[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const { title } = schema;
    if (title === undefined) return []; // such as id and version, which the page knows and nobody types
    const value = valueOf(schema);
    const field = { name, title, kind: schema['x-kind'] ?? kindOf(value), required: required.includes(name) };
    return [{ ...field, maxLength: value.maxLength, options: optionsOf(value), fields: value.items?.properties && fieldsOf(value.items) }];
  });
}

/** Whatever may be null is described as "this, or null". */
const valueOf = (schema: Schema): Schema => schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;

const optionsOf = ({ enum: values, items }: Schema) =>
  (values ?? items?.enum)?.filter((value): value is string => typeof value === 'string');

function kindOf({ type, enum: values }: Schema): string {
  if (values) return 'enum';
  if (type === 'array') return 'list';
  if (type === 'boolean') return 'boolean';
  return type === 'number' || type === 'integer' ? 'number' : 'text';
}

/** The query that tells pages how the form of a command looks. */
export function describeForm(definitions: readonly Definition[]) {
  const commands = new Map(
    definitions.filter(({ kind }) => kind === 'command').map((definition) => [definition.name as string, definition]),
  );
  return query({
    name: 'forms.describe',
    summary: 'The fields of a command',
    input: z.strictObject({ command: z.string().max(100) }),
    output: z.object({ fields: z.array(formField) }),
    permission: MATRIX.signedIn,
    run: ({ command }) => {
      const definition = commands.get(command);
      if (!definition)
        throw new Refusal('NOT_FOUND', 'There is no such command', 'Commands are named area.verb, such as timecards.update.');
      return Promise.resolve({ fields: formOf(definition) });
    },
  });
}
