import type { z } from 'zod';

/** How the fields of a value are called: by a schema's own names (tRPC, camelCase) or by those of REST (snake_case). */
export type Naming = 'camel' | 'snake';

/**
 * What a schema says about names, and nothing else. Only an object's declared fields are renamed: the keys of a record
 * are data, as are field names that stand in values.
 */
export interface Shape {
  /** Declared fields by their camelCase name, for whatever may be an object; null where none may stand here. */
  fields: Map<string, Shape> | null;
  /** What a list holds; null where no list may stand here. */
  items: Shape | null;
  /** What a record's values are; null where no record may stand here. */
  values: Shape | null;
  /** The plain types that may stand here: they decide how a query parameter's text is read. */
  readonly plain: Set<'string' | 'number' | 'boolean'>;
}

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const compiled = new WeakMap<z.core.$ZodType, Shape>();

/** The shape of a schema; computed once, and safe for schemas that contain themselves. */
export function shapeOf(schema: z.core.$ZodType): Shape {
  const known = compiled.get(schema);
  if (known) return known;
  const shape: Shape = { fields: null, items: null, values: null, plain: new Set() };
  compiled.set(schema, shape); // before descending: a schema that contains itself finds this one
  describe(schema, shape);
  return shape;
}

function describe(schema: z.core.$ZodType, shape: Shape): void {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      shape.fields = new Map(Object.entries(def.shape).map(([name, field]) => [name, shapeOf(field)]));
      return refuseAmbiguous(shape.fields);
    case 'array':
      shape.items = shapeOf(def.element);
      return;
    case 'record':
      shape.values = shapeOf(def.valueType);
      return;
    case 'union':
      return def.options.forEach((option) => merge(shape, shapeOf(option)));
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return merge(shape, shapeOf(def.innerType));
    case 'pipe':
      // Input comes in by the first schema, output leaves by the second: a transform knows of no names.
      merge(shape, shapeOf(def.in));
      return merge(shape, shapeOf(def.out));
    case 'lazy':
      return merge(shape, shapeOf(def.getter()));
    case 'number':
      shape.plain.add('number');
      return;
    case 'boolean':
      shape.plain.add('boolean');
      return;
    case 'transform':
      return;
    default:
      shape.plain.add('string'); // text, enums, literals, dates as text
  }
}

/** Alternatives: whatever one of them declares is declared. Of a field that several declare, all meanings hold. */
function merge(into: Shape, from: Shape): void {
  if (into === from) return;
  into.items = either(into.items, from.items);
  into.values = either(into.values, from.values);
  for (const type of from.plain) into.plain.add(type);
  if (!from.fields) return;
  into.fields = new Map(into.fields);
  for (const [name, field] of from.fields) into.fields.set(name, either(into.fields.get(name) ?? null, field) as Shape);
  refuseAmbiguous(into.fields);
}

function either(one: Shape | null, other: Shape | null): Shape | null {
  if (!one || !other || one === other) return one ?? other;
  const both: Shape = { fields: null, items: null, values: null, plain: new Set() };
  merge(both, one);
  merge(both, other);
  return both;
}

function refuseAmbiguous(fields: ReadonlyMap<string, Shape>): void {
  const names = new Set([...fields.keys()].map(snakeCase));
  if (names.size !== fields.size) throw new Error(`two of these fields have the same name in snake_case: ${[...fields.keys()].join(', ')}`);
}

/** A value with its declared fields renamed to snake_case: the way out. */
export function toSnake(shape: Shape, value: unknown): unknown {
  if (Array.isArray(value)) return shape.items ? value.map((item) => toSnake(shape.items as Shape, item)) : value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const declared = shape.fields?.get(name);
      if (declared) return [snakeCase(name), toSnake(declared, field)];
      return [name, shape.values ? toSnake(shape.values, field) : field];
    }),
  );
}

/** What came in, renamed, and the paths of fields that nobody declared, as the caller wrote them. */
export interface Renamed {
  readonly value: unknown;
  readonly unknown: readonly string[];
}

/** A value with its declared fields renamed from snake_case: the way in. A field that nobody declared, one in camelCase too, is left out and named. */
export function fromSnake(shape: Shape, value: unknown): Renamed {
  const unknown: string[] = [];
  return { value: renamed(shape, value, [], unknown), unknown };
}

function renamed(shape: Shape, value: unknown, path: readonly string[], unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = shape;
    return items ? value.map((item, index) => renamed(items, item, [...path, String(index)], unknown)) : value;
  }
  if (!isObject(value) || (!shape.fields && !shape.values)) return value;
  const names = new Map([...(shape.fields ?? [])].map(([name, field]) => [snakeCase(name), [name, field] as const]));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const declared = names.get(name);
      if (declared) return [[declared[0], renamed(declared[1], field, [...path, name], unknown)]];
      if (shape.values) return [[name, renamed(shape.values, field, [...path, name], unknown)]];
      unknown.push([...path, name].join('.'));
      return [];
    }),
  );
}

/** A field's path as text, in the caller's own naming; list indexes and the keys of records stay. */
export function fieldName(naming: Naming, shape: Shape, path: readonly PropertyKey[]): string {
  if (naming === 'camel') return path.map(String).join('.');
  let here: Shape | null = shape;
  const names = path.map((key) => {
    const name = String(key);
    const declared: Shape | undefined = here?.fields?.get(name);
    here = declared ?? (typeof key === 'number' ? (here?.items ?? null) : (here?.values ?? null));
    return declared ? snakeCase(name) : name;
  });
  return names.join('.');
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
