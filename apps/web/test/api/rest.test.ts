import { afterEach, expect, test, vi } from 'vitest';
import { rest } from '../../src/api/session.ts';

afterEach(() => void vi.unstubAllGlobals());

test('AC-5: what met a renewal of the session is asked once more, by the token that the browser has then', async () => {
  const answers = [
    Response.json({ error: 'No', code: 'SESSION_RENEWED' }, { status: 409 }),
    Response.json({ error: 'No', code: 'SESSION_RENEWED' }, { status: 409 }),
    Response.json({ done: true }),
  ];
  vi.stubGlobal('fetch', async () => answers.shift());
  expect(await rest('/api/somewhere', { method: 'POST', body: '{}' })).toEqual({ done: true });
});

test('any other refusal is told at once, and so is one that doesn’t pass', async () => {
  let calls = 0;
  const refusing = (code: string) => vi.stubGlobal('fetch', async () => (calls++, Response.json({ error: 'No', code }, { status: 409 })));
  refusing('CONFLICT');
  await expect(rest('/api/somewhere', {})).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(calls).toBe(1);
  refusing('SESSION_RENEWED');
  await expect(rest('/api/somewhere', {})).rejects.toMatchObject({ code: 'SESSION_RENEWED' });
  expect(calls).toBe(5);
});
