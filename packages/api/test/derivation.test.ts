import { createTRPCClient, httpLink } from '@trpc/client';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { command } from '@countersign/domain/definition';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import { definitionsIn } from '../src/definition.ts';
import { formOf } from '../src/form.ts';
import { interfaceOf } from '../src/interface.ts';
import { openApi } from '../src/rest/openapi.ts';
import { restApp } from '../src/rest/rest.ts';
import { scene, somebody } from './warren.ts';

/** What a developer writes, and all that they write. */
const module = {
  plantCarrot: command({
    name: 'carrots.plant',
    summary: 'Plant a carrot',
    input: z.strictObject({
      rowNumber: z.number().int(),
      soilMoisture: z.number().max(100).meta({ title: 'Soil Moisture', 'x-kind': 'number' }),
    }),
    output: z.object({ soilMoisture: z.number() }),
    rest: { method: 'POST', path: '/api/carrots' },
    permission: MATRIX.signedIn,
    run: ({ soilMoisture }) => Promise.resolve({ soilMoisture }),
  }),
};

test('a field added to one definition is in the form, REST, its description and the typed client, with no second edit', async () => {
  const { router, routes } = interfaceOf(definitionsIn([module]));
  const { context } = scene();

  expect(formOf(module.plantCarrot)).toEqual([{ name: 'soilMoisture', title: 'Soil Moisture', kind: 'number', required: true }]);

  const rest = restApp({ routes, contextOf: () => context(somebody()) });
  const answer = await rest.request('/api/carrots', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"row_number": 1, "soil_moisture": 40}',
  });
  expect(await answer.json()).toEqual({ soil_moisture: 40 });

  const described = openApi(routes).paths['/api/carrots']?.['post']?.requestBody?.content['application/json']?.schema;
  expect(described?.properties?.['soil_moisture']).toMatchObject({ type: 'number', maximum: 100, title: 'Soil Moisture' });
  expect(described?.required).toEqual(['row_number', 'soil_moisture']);

  const serve = (url: string, options?: RequestInit) =>
    fetchRequestHandler({ req: new Request(url, options), router, endpoint: '/trpc', createContext: () => context(somebody()) });
  const client = createTRPCClient<typeof router>({
    links: [httpLink({ url: 'http://localhost/trpc', fetch: serve as typeof fetch })],
  });
  expectTypeOf(client.carrots.plant.mutate).parameter(0).toEqualTypeOf<{ rowNumber: number; soilMoisture: number }>();
  expect(await client.carrots.plant.mutate({ rowNumber: 1, soilMoisture: 41 })).toEqual({ soilMoisture: 41 });
});
