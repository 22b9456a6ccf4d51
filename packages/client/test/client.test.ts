import { describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import { createClient, type EventView, type RouterInputs, type RouterOutputs } from '../src/client.ts';
import { retryDelay } from '../src/retry-delay.ts';

describe('the typed client', () => {
  test('knows every procedure by its definition', () => {
    const { trpc, close } = createClient({ url: 'http://127.0.0.1:1' });
    expectTypeOf(trpc.timecards.reject.mutate).parameter(0).toExtend<{ id: string; version: number; reason: string }>();
    expectTypeOf<RouterInputs['timecards']['submit']>().toEqualTypeOf<{ id: string; version: number }>();
    expectTypeOf<RouterOutputs['timecards']['get']['status']>().toEqualTypeOf<'draft' | 'submitted' | 'approved' | 'rejected'>();
    expectTypeOf<EventView['position']>().toEqualTypeOf<number>();
    // @ts-expect-error no such procedure
    expectTypeOf(trpc.timecards.forget).toBeAny();
    close();
  });

  test.each([['ftp://host'], ['host:3000'], ['http://'], ['']])('refuses %j as the address of a server', (url) => {
    expect(() => createClient({ url })).toThrow(TypeError);
  });

  test('says at once that there are no websockets, to whoever subscribes, and to nobody else', () => {
    vi.stubGlobal('WebSocket', undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    const { trpc, close } = createClient({ url: 'http://127.0.0.1:1' });
    expect(() => trpc.audit.live.subscribe({}, {})).toThrow('pass one to createClient()');
    close();
  });

  test('what is asked and what is answered goes through what a page gives it', async () => {
    const asked: unknown[] = [];
    vi.stubGlobal('fetch', async (_: unknown, { body }: { readonly body: string }) => {
      asked.push(JSON.parse(body));
      return Response.json([{ result: { data: { note: 'told' } } }]);
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    const loudly = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value).toUpperCase()) as Value;
    const { trpc, close } = createClient({ url: 'http://127.0.0.1:1', onAsk: loudly, onAnswer: loudly });
    expect(await trpc.timecards.submit.mutate({ id: 'abc', version: 1 })).toEqual({ NOTE: 'TOLD' });
    expect(asked).toEqual([{ 0: { ID: 'ABC', VERSION: 1 } }]);
    close();
  });

  test('AC-5: what met a renewal of the session is done once more, by the token that the browser has then; nothing else is', async () => {
    const codes = ['SESSION_RENEWED', 'SESSION_RENEWED', 'CONFLICT'];
    let calls = 0;
    vi.stubGlobal('fetch', async () => {
      const refusal = { code: codes[calls++], details: null, fields: [], conflicts: [] };
      return Response.json([{ error: { message: 'No', code: -32009, data: { code: 'CONFLICT', httpStatus: 409, refusal } } }], {
        status: 409,
      });
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    const { trpc, close } = createClient({ url: 'http://127.0.0.1:1' });
    await expect(trpc.timecards.submit.mutate({ id: 'abc', version: 1 })).rejects.toMatchObject({
      data: { refusal: { code: 'CONFLICT' } },
    });
    expect(calls).toBe(3);
    close();
  });

  test('tries again at any moment up to a bound that doubles, and ends at half a minute', () => {
    expect([0, 1, 2, 3, 20].map((attempt) => retryDelay(attempt, () => 1))).toEqual([1_000, 2_000, 4_000, 8_000, 30_000]);
    expect(retryDelay(5, () => 0)).toBe(0);
  });
});
