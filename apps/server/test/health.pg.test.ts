import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, house } from './house.ts';

let home: House;
beforeAll(async () => {
  home = await house();
});
afterAll(() => home.close());

const healthAs = async (role: 'admin' | 'manager') => {
  const { email } = await home.person(role);
  const answer = await fetch(`${home.url}/api/health`, { headers: { authorization: `Bearer ${await home.token(email)}` } });
  return { status: answer.status, body: (await answer.json()) as Body };
};
interface Body {
  readonly checks: readonly { readonly key: string; readonly state: string; readonly details: readonly string[] }[];
  readonly attempts: { readonly total: number };
}
const stateOf = ({ checks }: Body, key: string) => checks.find((check) => check.key === key);

describe('AUD-12: the health of the log', () => {
  test('says which protections hold, to administrators alone', async () => {
    const { status, body } = await healthAs('admin');
    expect(status).toBe(200);
    const holding = body.checks.filter(({ state }) => state === 'holds').map(({ key }) => key);
    expect(holding).toEqual(['coverage', 'immutable', 'application', 'sequencer', 'numbering', 'agreement', 'readable']);
    // Whoever owns this database is no superuser, and can't make the extension.
    expect(stateOf(body, 'witness')).toMatchObject({ state: 'broken', details: [expect.stringContaining('dblink')] });
    expect(stateOf(body, 'spool')?.state).toBe('off');
    expect(body.attempts).toEqual({ total: 0, latest: [] });
    expect((await healthAs('manager')).status).toBe(403);
  });

  test('finds triggers that somebody switched off', async () => {
    await home.sql('alter table audit_rollup disable trigger audit_append_only');
    await home.sql('alter table timecard_headers disable trigger zz_audit_update');
    const { body } = await healthAs('admin');
    expect(stateOf(body, 'immutable')).toMatchObject({ state: 'broken', details: [expect.stringContaining('audit_rollup')] });
    expect(stateOf(body, 'coverage')).toMatchObject({ state: 'broken', details: [expect.stringContaining('timecard_headers')] });
  });
});
