import { describe, expect, test } from 'vitest';
import { routes } from '../src/countersign.ts';
import { docsPage } from '../src/rest/docs-page.ts';
import { openApi, type Operation } from '../src/rest/openapi.ts';

const api = openApi(routes);
const text = JSON.stringify(api);

describe('the description of the interface', () => {
  test('has every route, its path parameters, and names in snake_case', () => {
    expect(Object.keys(api.paths)).toContain('/api/timecards/{id}/audit-logs');
    const logs = api.paths['/api/timecards/{id}/audit-logs']?.['get'];
    expect(logs?.parameters.map(({ name, in: where, required }) => `${where} ${name}${required ? '!' : ''}`)).toEqual([
      'path id!',
      'query action_type',
      'query field_name',
      'query date_from',
      'query date_to',
      'query limit',
      'query offset',
      'query grouped',
    ]);
    expect(api.paths['/api/timecards/{id}']?.['patch']?.requestBody?.content['application/json']?.schema.properties).toHaveProperty(
      'check_in_time',
    );
    const names = [...text.matchAll(/"properties":\{"([A-Za-z_]+)"/g)].map(([, name]) => name as string);
    expect(names.filter((name) => /[A-Z]/.test(name))).toEqual([]);
  });

  test('resolves all of its references', () => {
    for (const [reference] of text.matchAll(/#\/components\/schemas\/[^"]+/g)) {
      expect(api.components.schemas).toHaveProperty([reference.slice('#/components/schemas/'.length)]);
    }
    expect(text).not.toContain('$defs');
  });

  test('tells every error that a route may answer, with an example', () => {
    const responses: Operation['responses'] = api.paths['/api/timecards/{id}/reject']?.['post']?.responses ?? {};
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '409', '413', '429', '500']);
    expect(responses['409']?.content['application/json']?.example).toMatchObject({ code: 'CONFLICT' });
  });

  test('is readable without any script', async () => {
    const page = String(await docsPage(api));
    expect(page).toContain('id="timecards.reject"');
    expect(page).not.toMatch(/<script|<style|style=|https?:\/\/(?!localhost)/);
  });
});
