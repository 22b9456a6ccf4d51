import { z } from 'zod';
import { snakeCase } from '../naming.ts';
import { errorBody } from './error-body.ts';
import { pathParameters, type Route, takesBody } from './route.ts';

/** The part of JSON Schema that renaming and describing go by; everything else passes through. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** By media type. */
type Content = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;

const FILE: JsonSchema = { type: 'string', format: 'binary' };

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>;
}

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

const ERRORS = {
  400: ['The input is not valid', 'VALIDATION_ERROR', 'limit must be at most 500.'],
  401: ['You are not signed in', 'UNAUTHORIZED', 'Sign in, and repeat the request.'],
  403: ['Your role may not do this', 'FORBIDDEN', 'Ask an administrator.'],
  404: ['There is no such record', 'NOT_FOUND', 'It was deleted, or never was.'],
  409: ['Somebody else changed this', 'CONFLICT', 'Read it again, and repeat what still applies.'],
  413: ['The body is too large', 'TOO_LARGE', 'At most 256 KiB are taken: send less at a time.'],
  429: ['Too many requests', 'RATE_LIMITED', 'Wait a minute.'],
  500: ['Something went wrong on our side', 'INTERNAL_ERROR', 'Try again. If it stays, ask for help and name the request.'],
} as const;

const INFO = {
  title: 'Countersign',
  version: '1',
  description:
    'The record of who changed what, when and why in workforce operations. Names are in snake_case; instants are ISO 8601 in UTC; recorded values are exact text. Every answer has an `X-Request-Id`.',
};

/** The description of the REST interface, from the same schemas that it checks with. */
export function openApi(routes: readonly Route[]): OpenApi {
  const schemas: Record<string, JsonSchema> = { Error: schemaOf(errorBody, 'output', { name: 'Error', shared: {} }) };
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, schemas);
  const tags = [...new Set(routes.map(areaOf))].sort().map((name) => ({ name }));
  const securitySchemes = {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'countersign_session',
      description: 'Over TLS it is called __Host-countersign_session.',
    },
    token: { type: 'http', scheme: 'bearer' },
  };
  return { openapi: '3.1.0', info: INFO, tags, paths, components: { schemas, securitySchemes } };
}

const areaOf = ({ name }: Pick<Route, 'name'>) => name.split('.')[0] as string;

function operation(route: Route, shared: Record<string, JsonSchema>): Operation {
  const input = schemaOf(route.input, 'input', { name: `${route.name}_input`, shared });
  const inPath = pathParameters(route.path);
  const output = schemaOf(route.output, 'output', { name: `${route.name}_output`, shared });
  const body = takesBody(route) ? without(input, inPath) : null;
  const taken = route.file?.taken;
  const answered: Content =
    route.file?.answered === undefined ? { 'application/json': { schema: output } } : { [route.file.answered]: { schema: FILE } };
  return {
    operationId: route.name,
    summary: route.summary,
    description: describeAccess(route),
    tags: [areaOf(route)],
    security: route.permission ? [{ session: [] }, { token: [] }] : [],
    parameters: parametersOf(input, inPath, body !== null),
    ...(body && { requestBody: { required: Boolean(body.required?.length), content: { 'application/json': { schema: body } } } }),
    ...(taken !== undefined && { requestBody: { required: true, content: { [taken]: { schema: FILE } } } }),
    responses: { 200: { description: 'Done', content: answered }, ...errorsOf(route) },
  };
}

function describeAccess({ permission }: Route): string {
  if (!permission) return 'Open to everybody.';
  const roles = Object.entries(permission).filter(([, relations]) => relations.length);
  return `Open to: ${roles.map(([role, relations]) => (relations.length === 3 ? role : `${role} (${relations.join(', ')})`)).join(', ')}.`;
}

function parametersOf({ properties = {}, required = [] }: JsonSchema, inPath: readonly string[], hasBody: boolean): Parameter[] {
  return Object.entries(properties).flatMap(([name, schema]): Parameter[] => {
    if (inPath.includes(name)) return [{ name, in: 'path', required: true, schema }];
    return hasBody ? [] : [{ name, in: 'query', required: required.includes(name), schema }];
  });
}

function errorsOf(route: Route): Operation['responses'] {
  const changes = route.method !== 'GET';
  const statuses = Object.keys(ERRORS).filter(
    (status) => (changes || (status !== '409' && status !== '413')) && (route.permission || status !== '403'),
  );
  return Object.fromEntries(
    statuses.map((status) => {
      const [error, code, details] = ERRORS[Number(status) as keyof typeof ERRORS];
      return [
        status,
        {
          description: error,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example: { error, code, details } } },
        },
      ];
    }),
  );
}

function without(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name)));
  return { ...schema, properties, required: (schema.required ?? []).filter((name) => !names.includes(name)) };
}

/** A schema under REST's names. What it defines for itself moves to the shared components, where references find it. */
function schemaOf(
  schema: z.ZodType,
  io: 'input' | 'output',
  { name, shared }: { name: string; shared: Record<string, JsonSchema> },
): JsonSchema {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
  const reference = (ref: string) => `#/components/schemas/${ref.replace('#/$defs/', `${name}_`).replace(/[^A-Za-z0-9._-]/g, '_')}`;
  for (const [key, definition] of Object.entries($defs)) shared[`${name}_${key}`] = renamed(definition, reference);
  return renamed(own, reference);
}

function renamed(schema: JsonSchema, reference: (ref: string) => string): JsonSchema {
  const each = (inner: JsonSchema) => renamed(inner, reference);
  const { $ref, properties, required, items, additionalProperties, anyOf, oneOf, allOf, pattern, ...rest } = schema;
  return {
    ...rest,
    // A format's name says what its pattern would.
    ...(pattern !== undefined && rest.format === undefined && { pattern }),
    ...($ref !== undefined && { $ref: reference($ref) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [snakeCase(name), each(inner)])),
    }),
    ...(required && { required: required.map(snakeCase) }),
    ...(items && { items: each(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === 'object' ? each(additionalProperties) : additionalProperties,
    }),
    ...(anyOf && { anyOf: anyOf.map(each) }),
    ...(oneOf && { oneOf: oneOf.map(each) }),
    ...(allOf && { allOf: allOf.map(each) }),
  };
}
