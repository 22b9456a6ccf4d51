import type { z } from 'zod';
import { type FieldProblem, Refusal } from '@countersign/domain/errors';
import { fieldName, fromSnake, type Naming, shapeOf } from './naming.ts';

/** Deeper than any input that a person could mean, and shallow enough for every recursive reader. */
const DEEPEST = 32;
/** Who gets everything wrong is told that much of it. */
const MOST_PROBLEMS = 25;

/**
 * The parsed input.
 * @throws Refusal VALIDATION_ERROR with each wrong field under the caller's own name for it.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, raw: unknown, naming: Naming): z.output<Schema> {
  refuseUnstorable(raw);
  const shape = shapeOf(schema);
  const { value, unknown } = naming === 'snake' ? fromSnake(shape, raw) : { value: raw, unknown: [] };
  const parsed = schema.safeParse(value, { reportInput: true, error: messageOf });
  if (parsed.success && !unknown.length) return parsed.data;
  const strangers = unknown.map((field) => ({ field, message: UNKNOWN }));
  const wrong = parsed.success ? [] : problemsIn(parsed.error.issues, (path) => fieldName(naming, shape, path));
  throw invalidInput([...strangers, ...wrong]);
}

/** The refusal for input that is wrong in these fields. */
export function invalidInput(problems: readonly FieldProblem[]): Refusal {
  const fields = problems.slice(0, MOST_PROBLEMS).map(({ field, message }) => ({ field: field.slice(0, 100), message }));
  return new Refusal('VALIDATION_ERROR', 'The input is not valid', fields[0] && sentenceOf(fields[0]), { fields });
}

/** Most messages follow the name of their field; some are sentences of their own. */
function sentenceOf({ field, message }: FieldProblem): string {
  if (/^[A-Z].*\.$/s.test(message)) return field ? `${field}: ${message}` : message;
  return `${field || 'The input'} ${message}.`;
}

/**
 * Plain JSON only, no deeper than anybody means, and no text that PostgreSQL can't hold: U+0000, and half a character.
 * Walks without recursion: what it guards against must not overturn it.
 */
function refuseUnstorable(raw: unknown): void {
  const rest: { value: unknown; path: readonly string[] }[] = [{ value: raw, path: [] }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value, path } = next;
    const problem = whyUnstorable(value, path.length);
    if (problem) throw invalidInput([{ field: path.join('.'), message: problem }]);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (isUnstorable(name))
        throw invalidInput([{ field: path.join('.'), message: 'has a field whose name holds a character that cannot be kept' }]);
      rest.push({ value: inner, path: [...path, name] });
    }
  }
}

function whyUnstorable(value: unknown, depth: number): string | null {
  if (depth > DEEPEST) return 'is nested too deeply';
  if (typeof value === 'string') return isUnstorable(value) ? 'holds a character that cannot be kept' : null;
  const plain = value === null || ['object', 'number', 'boolean', 'undefined'].includes(typeof value);
  const json =
    plain &&
    (typeof value !== 'object' ||
      value === null ||
      Array.isArray(value) ||
      Object.getPrototypeOf(value) === Object.prototype ||
      Object.getPrototypeOf(value) === null);
  return json ? null : 'must be JSON';
}

const isUnstorable = (text: string) => text.includes('\0') || !text.isWellFormed();

type Issue = z.core.$ZodIssue;
type NameOf = (path: readonly PropertyKey[]) => string;

const UNKNOWN = 'is not known here';

function problemsIn(issues: readonly Issue[], nameOf: NameOf): FieldProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ field: nameOf([...issue.path, key]), message: UNKNOWN }));
    if (issue.code === 'invalid_union') return unionProblems(issue, nameOf);
    return [{ field: nameOf(issue.path), message: issue.message }];
  });
}

/** Of several alternatives the one that was meant: what has the right form, or the right type and is wrong further in. Else all of them. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, nameOf: NameOf): FieldProblem[] {
  if (issue.input === undefined && !issue.path.length) return [{ field: '', message: 'is required' }];
  const branches = issue.errors as readonly (readonly Issue[])[];
  const meant =
    branches.find((branch) => branch.every((inner) => inner.code === 'custom')) ??
    branches.find((branch) => branch.every((inner) => inner.path.length > 0)) ??
    branches.find((branch) => branch.every((inner) => inner.code !== 'invalid_type'));
  const inside = (inner: Issue): Issue => ({ ...inner, path: [...issue.path, ...inner.path] });
  if (meant) return problemsIn(meant.map(inside), nameOf);
  const messages = [...new Set(branches.flat().map(({ message }) => message))];
  return [
    {
      field: nameOf(issue.path),
      message:
        messages.map((text, index) => (index ? text.replace(/^must be /, '') : text)).join(' or ') ||
        'is none of the things that it may be',
    },
  ];
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  nan: 'a number',
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'an id (a UUID)',
  date: 'a day such as 2026-11-03',
  datetime: 'an instant with its offset, such as 2026-11-03T08:00:00+01:00',
  email: 'a mail address',
  regex: 'of the expected form',
};

/** What to do about one problem, to follow a field's name; undefined where a schema has to say it, which comes before this wherever it does. */
function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_format':
      return `must be ${FORMATS[issue.format] ?? `a valid ${issue.format}`}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${limit(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)}`;
    case 'too_big':
      return `must ${limit(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return undefined;
  }
}

function limit(origin: string, relation: string, bound: number | bigint): string {
  if (origin === 'string') return `have ${relation} ${bound} ${bound === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `have ${relation} ${bound} ${bound === 1 ? 'item' : 'items'}`;
  return `be ${relation} ${bound}`;
}
