import { html } from 'hono/html';
import type { JsonSchema, OpenApi, Operation, Parameter } from './openapi.ts';

type Html = ReturnType<typeof html>;

/**
 * The description of the interface as a page for people: rendered here, from the same document that tools read, and
 * without a script, so that the strictest content policy holds for it too.
 */
export function docsPage(api: OpenApi): Html {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${api.info.title}: interface</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/docs/docs.css" />
      </head>
      <body>
        <nav aria-label="Operations">
          <h1>${api.info.title}</h1>
          ${api.tags.map(
            ({ name }) =>
              html`<h2>${name}</h2>
                <ul>
                  ${operations.filter(({ operation }) => operation.tags.includes(name)).map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`)}
                </ul>`,
          )}
        </nav>
        <main>
          <p>${api.info.description}</p>
          <p>
            The same for tools: <a href="/api/openapi.json">OpenAPI ${api.openapi}</a>. Sign in with
            <code>POST /api/auth/sign-in/email</code>, or send a token: <code>Authorization: Bearer …</code>
          </p>
          ${operations.map(section)}
        </main>
      </body>
    </html>`;
}

function section({ path, method, operation }: { path: string; method: string; operation: Operation }): Html {
  const body = operation.requestBody?.content['application/json']?.schema;
  const answer = operation.responses['200']?.content['application/json']?.schema;
  return html`<section id="${operation.operationId}">
    <h2><a href="#${operation.operationId}">${operation.summary}</a></h2>
    <p class="address"><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code></p>
    <p>${operation.description} As a procedure: <code>${operation.operationId}</code></p>
    ${
      operation.parameters.length
        ? html`<h3>Parameters</h3>
            ${table(operation.parameters.map(ofParameter))}`
        : ''
    }
    ${
      body
        ? html`<h3>Body</h3>
            ${fields(body)}`
        : fileOf(operation) === null
          ? ''
          : html`<h3>Body</h3>
              <p>A file: <code>${fileOf(operation)}</code></p>`
    }
    <h3>Example</h3>
    <pre><code>${curl(path, method, operation)}</code></pre>
    ${
      answer
        ? html`<details>
            <summary>Answer</summary>
            ${fields(answer)}
          </details>`
        : ''
    }
    <details>
      <summary>Errors</summary>
      ${errors(operation)}
    </details>
  </section>`;
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly note: string;
  readonly schema: JsonSchema;
}

const ofParameter = ({ name, in: where, required, schema }: Parameter): Row => ({
  name,
  type: typeOf(schema),
  note: [where === 'path' ? 'in the path' : required ? 'required' : '', limits(schema)].filter(Boolean).join(', '),
  schema,
});

/** The fields of an object, of the items of a list, or of each of the things that it may be. */
function fields(schema: JsonSchema): Html {
  const objects = objectsIn(schema);
  if (!objects.length) return html`<p>${typeOf(schema)}</p>`;
  return html`${objects.map(({ properties = {}, required = [] }) =>
    table(
      Object.entries(properties).map(([name, field]) => ({
        name,
        type: typeOf(field),
        note: [required.includes(name) ? '' : 'optional', limits(field)].filter(Boolean).join(', '),
        schema: field,
      })),
    ),
  )}`;
}

function table(rows: readonly Row[]): Html {
  return html`<table>
    <tbody>
      ${rows.map(
        ({ name, type, note, schema }) =>
          html`<tr>
              <th scope="row"><code>${name}</code></th>
              <td>${type}</td>
              <td>${note}</td>
            </tr>
            ${
              objectsIn(schema).length
                ? html`<tr class="inner">
                    <td colspan="3">
                      <details>
                        <summary>its fields</summary>
                        ${fields(schema)}
                      </details>
                    </td>
                  </tr>`
                : ''
            }`,
      )}
    </tbody>
  </table>`;
}

const alternatives = ({ anyOf, oneOf, allOf }: JsonSchema) => anyOf ?? oneOf ?? allOf;

function objectsIn(schema: JsonSchema): JsonSchema[] {
  if (schema.properties) return [schema];
  if (schema.items) return objectsIn(schema.items);
  return (alternatives(schema) ?? []).flatMap(objectsIn);
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choice = alternatives(schema);
  if (choice) return [...new Set(choice.map(typeOf))].join(' | ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.format !== undefined) return FORMATS[schema.format] ?? schema.format;
  return [schema.type ?? 'anything'].flat().join(' | ');
}

const FORMATS: Readonly<Record<string, string>> = { 'date-time': 'instant', date: 'day', uuid: 'id' };

const BOUNDS = [
  ['minimum', 'maximum', ''],
  ['minLength', 'maxLength', ' characters'],
  ['minItems', 'maxItems', ' items'],
] as const;

function limits(schema: JsonSchema): string {
  const bounds = BOUNDS.flatMap(([least, most, unit]) => {
    const [from, to] = [schema[least], schema[most]].map((bound) => (isTold(bound) ? String(bound) : null));
    if (from && to) return [`${from} to ${to}${unit}`];
    return from ? [`at least ${from}${unit}`] : to ? [`at most ${to}${unit}`] : [];
  });
  return [...bounds, ...(isTold(schema['default']) ? [`default ${String(schema['default'])}`] : [])].join(', ');
}

/** Numbers that a schema states only because JavaScript ends there say nothing. */
const isTold = (value: unknown) =>
  (typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER) || typeof value === 'boolean' || typeof value === 'string';

function curl(path: string, method: string, { requestBody }: Operation): string {
  const address = `http://localhost:3000${path.replace(/\{([^}]+)\}/g, (_, name: string) => `$${name.toUpperCase()}`)}`;
  const file = fileOf({ requestBody });
  const sent = file === null ? `-H 'content-type: application/json' -d '{ … }'` : `-H 'content-type: ${file}' --data-binary @FILE`;
  const body = requestBody ? ` \\\n  ${sent}` : '';
  return `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} -H "Authorization: Bearer $TOKEN" "${address}"${body}`;
}

/** The type of the file that is sent instead of JSON; null where none is. */
function fileOf({ requestBody }: Pick<Operation, 'requestBody'>): string | null {
  return Object.keys(requestBody?.content ?? {}).find((type) => type !== 'application/json') ?? null;
}

function errors({ responses }: Operation): Html {
  const failing = Object.entries(responses).filter(([status]) => status !== '200');
  return html`<table>
    <tbody>
      ${failing.map(
        ([status, { description, content }]) =>
          html`<tr>
            <th scope="row">${status}</th>
            <td>${description}</td>
            <td><code>${JSON.stringify(content['application/json']?.example)}</code></td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** The page's style, served beside it. */
export const DOCS_CSS = `
:root { color-scheme: light dark; --line: color-mix(in oklab, currentColor 18%, transparent); --soft: color-mix(in oklab, currentColor 7%, transparent); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: minmax(200px, 260px) minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 24px; border-right: 1px solid var(--line); }
nav h1 { font-size: 18px; margin: 0 0 16px; }
nav h2 { font-size: 12px; text-transform: uppercase; letter-spacing: .06em; margin: 20px 0 4px; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 4px 0; }
a { color: inherit; text-underline-offset: 3px; text-decoration-color: var(--line); }
a:hover { text-decoration-color: currentColor; }
main { padding: 24px 32px 96px; max-width: 1000px; }
section { border-top: 1px solid var(--line); padding: 24px 0; scroll-margin-top: 8px; }
section h2 { margin: 0; font-size: 20px; } section h2 a { text-decoration: none; }
section h3 { font-size: 13px; margin: 20px 0 6px; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { background: var(--soft); padding: 12px 16px; overflow: auto; border-radius: 6px; }
.address b { display: inline-block; min-width: 64px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 500; white-space: nowrap; width: 1%; padding-right: 24px; } .inner > td { border-top: 0; padding: 0 0 6px 24px; }
details { margin-top: 8px; } summary { cursor: pointer; }
@media (max-width: 760px) { body { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); } main { padding: 16px; } }
`;
