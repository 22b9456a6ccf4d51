import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { definitionsIn } from '../src/definition.ts';
import { parseInput } from '../src/input.ts';
import { interfaceOf } from '../src/interface.ts';
import { BODY_LIMIT } from '../src/rest/body.ts';
import { requestInput } from '../src/rest/request-input.ts';
import { restApp } from '../src/rest/rest.ts';
import { RABBIT, rabbits, scene, somebody } from './warren.ts';

const { routes } = interfaceOf(definitionsIn([rabbits]));

function served(viewer = somebody() as ReturnType<typeof somebody> | null) {
  const { context, reported } = scene();
  const app = restApp({ routes, contextOf: () => context(viewer) });
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => {
    const answer = await app.request(path, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, allow: answer.headers.get('allow') };
  };
  return { ask, reported, app };
}

const path = `/api/rabbits/${RABBIT}`;

describe('REST (AUD-26, R-10)', () => {
  test('a command takes its path parameter and a body in snake_case, and answers in snake_case what its schema names', async () => {
    const { status, body } = await served().ask('PATCH', path, {
      ear_length: 7,
      diary_entries: [{ day_of_note: '2026-11-03', free_text: 'hop' }],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: RABBIT,
      ear_length: 7,
      tags_by_name: { snake_key: '1', camelKey: '2' },
      change_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('the context tells who asks, by which channel and request', async () => {
    expect((await served(somebody('worker', 'w1')).ask('GET', path)).body).toEqual({
      id: RABBIT,
      channel: 'api',
      actor: 'w1',
      request_id: 'request-1',
    });
  });

  test('a repeated parameter is a list; numbers and booleans are read as what the schema wants', async () => {
    const { ask } = served();
    expect((await ask('GET', '/api/rabbits?fur_colour=brown&fur_colour=white&born_on=2026-01-01&is_tame=true&limit=7')).body).toEqual({
      data: [{ furColour: ['brown', 'white'], bornOn: ['2026-01-01'], isTame: true, limit: 7 }],
      pagination: { total: 1, limit: 7, offset: 0, has_more: false },
    });
    expect((await ask('GET', '/api/rabbits?fur_colour=brown')).body['data']).toEqual([{ furColour: 'brown', limit: 50 }]);
  });

  test.each(['1e1', '0x10', '0b11', ' 10', '10 ', '+10', '10.0', '', '１０', 'Infinity'])(
    '%j is no number, whatever a schema makes of texts',
    (limit) => {
      const input = z.strictObject({ limit: z.coerce.number().int() });
      const parts = { path: {}, query: new URLSearchParams({ limit }), contentType: undefined, body: '' };
      expect(() => parseInput(input, requestInput({ method: 'GET', input }, parts), 'snake')).toThrow(
        expect.objectContaining({ details: 'limit must be a number.' }),
      );
    },
  );

  test('a fixed path wins over one with a parameter', async () => {
    expect((await served().ask('GET', '/api/rabbits/count')).body).toEqual({ rabbits: 2 });
  });

  test('DELETE answers what the output schema says', async () => {
    expect((await served().ask('DELETE', `${path}?version=1`)).body).toEqual({ removed: true });
  });
});

describe('every refusal has the shape of the source (AUD-26, AC-8)', () => {
  const cases: [string, Parameters<ReturnType<typeof served>['ask']>, number, object][] = [
    [
      'an unknown parameter',
      ['GET', '/api/rabbits?furColour=brown'],
      400,
      { code: 'VALIDATION_ERROR', fields: [{ field: 'furColour', message: 'is not known here' }] },
    ],
    [
      'a parameter given twice',
      ['GET', '/api/rabbits?limit=1&limit=2'],
      400,
      { fields: [{ field: 'limit', message: 'may be given once only' }] },
    ],
    [
      'a number that is none',
      ['GET', '/api/rabbits?limit=many'],
      400,
      { details: 'limit must be a number.', fields: [{ field: 'limit', message: 'must be a number' }] },
    ],
    ['a number out of range', ['GET', '/api/rabbits?limit=501'], 400, { details: 'limit must be at most 500.' }],
    ['an empty number', ['GET', '/api/rabbits?limit='], 400, { details: 'limit must be a number.' }],
    [
      'a path parameter of the wrong form',
      ['GET', '/api/rabbits/7'],
      400,
      { fields: [{ field: 'id', message: 'must be an id (a UUID)' }] },
    ],
    ['a path with a broken escape', ['GET', '/api/rabbits/%E0%A4%A'], 400, { code: 'VALIDATION_ERROR' }],
    [
      'a NUL in the path',
      ['GET', '/api/rabbits/%00'],
      400,
      { fields: [{ field: 'id', message: 'holds a character that cannot be kept' }] },
    ],
    [
      'the path parameter again in the query',
      ['GET', `${path}?id=${RABBIT}`],
      400,
      { fields: [{ field: 'id', message: 'is given by the path already' }] },
    ],
    [
      'the path parameter again in the body',
      ['PATCH', path, { id: RABBIT }],
      400,
      { fields: [{ field: 'id', message: 'is given by the path already' }] },
    ],
    ['an unknown field', ['PATCH', path, { earLength: 7 }], 400, { fields: [{ field: 'earLength', message: 'is not known here' }] }],
    [
      'a wrong field far inside',
      ['PATCH', path, { diary_entries: [{ day_of_note: '3.11.', free_text: '' }] }],
      400,
      { fields: [{ field: 'diary_entries.0.day_of_note', message: 'must be a day such as 2026-11-03' }] },
    ],
    [
      'query parameters beside a body',
      ['PATCH', `${path}?ear_length=7`, {}],
      400,
      { fields: [{ field: 'ear_length', message: 'belongs in the JSON body, not in the address' }] },
    ],
    ['malformed JSON', ['PATCH', path, '{"ear_length": 7'], 400, { error: 'The body is not valid JSON' }],
    ['JSON that is no object', ['PATCH', path, '[1]'], 400, { error: 'The body is not a JSON object' }],
    [
      'a body that is no JSON',
      ['PATCH', path, 'ear_length=7', { 'content-type': 'application/x-www-form-urlencoded' }],
      400,
      { error: 'The body is not JSON' },
    ],
    ['a body for a DELETE', ['DELETE', path, { version: 1 }], 400, { error: 'This request takes no body' }],
    ['a missing parameter', ['DELETE', path], 400, { fields: [{ field: 'version', message: 'is required' }] }],
    ['a body over the limit', ['PATCH', path, JSON.stringify({ free_text: 'x'.repeat(BODY_LIMIT) })], 413, { code: 'TOO_LARGE' }],
    ['an unknown address', ['GET', '/api/hares'], 404, { code: 'NOT_FOUND' }],
    [
      'a conflict',
      ['PATCH', path, { ear_length: 13 }],
      409,
      {
        code: 'CONFLICT',
        conflicts: [
          { field: 'ear_length', base: '4', present: '5', changed_by: { id: 'u1', name: 'Ann' }, changed_at: '2026-11-03T08:00:00Z' },
        ],
      },
    ],
    [
      'what PostgreSQL cannot take',
      ['PATCH', path, { ear_length: 15 }],
      400,
      { code: 'VALIDATION_ERROR', details: 'A value is out of the range that can be kept.' },
    ],
  ];
  test.each(cases)('%s', async (_, request, status, body) => {
    const answer = await served().ask(...request);
    expect(answer).toMatchObject({ status, body });
    expect(answer.body).toMatchObject({ error: expect.any(String), code: expect.any(String) });
  });

  test('a wrong method is told which there are', async () => {
    expect(await served().ask('PUT', path, {})).toMatchObject({
      status: 405,
      allow: 'PATCH, GET, DELETE, HEAD',
      body: { code: 'METHOD_NOT_ALLOWED' },
    });
  });

  test('nobody signed in: 401, whatever the input', async () => {
    expect(await served(null).ask('PATCH', '/api/rabbits/x', { any: 1 })).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
  });

  test('a role that may not: 403, whatever the input', async () => {
    expect(await served(somebody('member')).ask('PATCH', '/api/rabbits/x', { any: 1 })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
  });

  test('a failure that is not the caller’s shows nothing of its cause, and is reported once', async () => {
    const { ask, reported } = served();
    const { status, body } = await ask('PATCH', path, { ear_length: 14 });
    expect(status).toBe(500);
    expect(body).toEqual({
      error: 'Something went wrong on our side',
      code: 'INTERNAL_ERROR',
      details: expect.stringContaining('request-1'),
    });
    expect(reported).toEqual([
      {
        problem: expect.objectContaining({ message: expect.stringContaining('secret burrow') }),
        requestId: 'request-1',
        name: 'rabbits.update',
      },
    ]);
  });

  test('an endless body is read up to the limit only', async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const answer = await served().app.request(path, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  test('whatever comes in, no route answers 5xx', async () => {
    const { app } = served();
    const segment = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }).map(encodeURIComponentSafely),
      fc.constantFrom(RABBIT, 'count', '..', '%', '%00'),
    );
    const parameters = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc
        .array(fc.tuple(fc.constantFrom('limit', 'fur_colour', 'born_on', 'version', 'x'), fc.string()), { maxLength: 3 })
        .map((pairs) => new URLSearchParams(pairs).toString()),
    );
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ ear_length: fc.jsonValue(), diary_entries: fc.jsonValue() }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'PATCH', 'DELETE', 'POST', 'PUT'),
        segment,
        parameters,
        body,
        async (method, last, query, text) => {
          const url = URL.parse(`http://localhost/api/rabbits/${last}?${query}`);
          if (!url) return;
          const answer = await app.request(url.href, {
            method,
            headers: { 'content-type': 'application/json' },
            ...(method !== 'GET' && { body: text }),
          });
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400) expect(await answer.json()).toMatchObject({ error: expect.any(String), code: expect.any(String) });
        },
      ),
      { numRuns: 500 },
    );
  });
});

const encodeURIComponentSafely = (text: string) => encodeURIComponent(text.toWellFormed());
