import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { renderHook } from 'vitest-browser-react';
import { PAUSE, usePaused } from '../../src/ui/use-paused.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('TC-7: a filter waits for a pause: of several choices in a row only the last one counts', async () => {
  const { result, rerender, act } = await renderHook((value?: string) => usePaused(value), { initialProps: 'all' });
  expect(result.current).toBe('all');
  for (const value of ['2', '20', '202', '2026']) {
    await rerender(value);
    await act(() => void vi.advanceTimersByTime(PAUSE - 1));
    expect(result.current).toBe('all');
  }
  await act(() => void vi.advanceTimersByTime(1));
  expect(result.current).toBe('2026');
});
