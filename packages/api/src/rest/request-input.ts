import type { FieldProblem } from '@countersign/domain/errors';
import { Refusal } from '@countersign/domain/errors';
import { invalidInput } from '../input.ts';
import { type Shape, shapeOf, snakeCase } from '../naming.ts';
import { type Route, takesBody } from './route.ts';

/** The parts of a request in which input may stand. */
export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: string;
}

/**
 * The input of a request under REST's names, as one object: still unchecked, but with the texts of path and query read
 * as what the schema wants there.
 * @throws Refusal VALIDATION_ERROR where a parameter is unknown, given twice, or the body is no JSON object.
 */
export function requestInput(
  route: Pick<Route, 'method' | 'input' | 'file'>,
  { path, query, contentType, body }: RequestParts,
): Record<string, unknown> {
  const fields = new Map([...(shapeOf(route.input).fields ?? [])].map(([name, shape]) => [snakeCase(name), shape]));
  const given = Object.fromEntries(Object.entries(path).map(([name, text]) => [name, read(fields.get(name), text)]));
  if (takesBody(route)) {
    refuseParameters([...query.keys()], 'belongs in the JSON body, not in the address');
    return { ...bodyOf(body, contentType, Object.keys(path)), ...given };
  }
  if (body) throw new Refusal('VALIDATION_ERROR', 'This request takes no body', 'Send its input as query parameters.');
  return { ...queryOf(query, fields, Object.keys(path)), ...given };
}

function refuseParameters(names: readonly string[], message: string): void {
  if (names.length) throw invalidInput([...new Set(names)].map((field) => ({ field, message })));
}

function queryOf(query: URLSearchParams, fields: ReadonlyMap<string, Shape>, inPath: readonly string[]): Record<string, unknown> {
  const problems: FieldProblem[] = [];
  const entries = [...new Set(query.keys())].flatMap((name): [string, unknown][] => {
    const shape = fields.get(name);
    const texts = query.getAll(name);
    const problem = problemOf(shape, { texts, inPath: inPath.includes(name) });
    if (problem) problems.push({ field: name, message: problem });
    return problem || !shape ? [] : [[name, parameter(shape, texts)]];
  });
  if (problems.length) throw invalidInput(problems);
  return Object.fromEntries(entries);
}

function problemOf(shape: Shape | undefined, { texts, inPath }: { texts: readonly string[]; inPath: boolean }): string | null {
  if (inPath) return 'is given by the path already';
  if (!shape) return 'is not known here';
  return texts.length > 1 && !shape.items ? 'may be given once only' : null;
}

/** One text, or a list where the parameter is repeated or can be nothing but a list. */
function parameter(shape: Shape, texts: readonly string[]): unknown {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined && (!shape.items || shape.plain.size)) return read(shape, only);
  return texts.map((text) => read(shape.items ?? undefined, text));
}

/** A text as what may stand here. What doesn't look like it stays what it is, for the schema to refuse. */
function read(shape: Shape | undefined, text: string): unknown {
  if (!shape || shape.plain.has('string')) return text;
  if (shape.plain.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return shape.plain.has('number') ? numberOf(text) : text;
}

/** In decimal digits, and a whole number without a fraction. NaN for anything else: of a text a schema might make what nobody wrote, 16 of `0x10`. */
function numberOf(text: string): number {
  const number = /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isInteger(number) && text.includes('.') ? Number.NaN : number;
}

function bodyOf(body: string, contentType: string | undefined, inPath: readonly string[]): Record<string, unknown> {
  if (!body.trim()) return {};
  if (!/^application\/(.+\+)?json\s*(;|$)/i.test(contentType ?? ''))
    throw new Refusal('VALIDATION_ERROR', 'The body is not JSON', 'Send JSON, with the header "content-type: application/json".');
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('VALIDATION_ERROR', 'The body is not a JSON object', 'Send an object with the fields that the interface describes.');
  const twice = inPath.filter((name) => Object.hasOwn(value, name));
  if (twice.length) throw invalidInput(twice.map((field) => ({ field, message: 'is given by the path already' })));
  return value as Record<string, unknown>;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (cause) {
    throw new Refusal('VALIDATION_ERROR', 'The body is not valid JSON', 'It breaks off or holds something that JSON does not know.', {
      cause,
    });
  }
}
