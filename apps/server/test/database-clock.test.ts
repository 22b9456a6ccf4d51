import type { MikroORM } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { DatabaseClock } from '../src/metrics/database-clock.ts';

test('closing waits for the answer under way and asks no more: a pool that is ended beneath a question never ends', async () => {
  const answer = Promise.withResolvers<{ now: string }[]>();
  let asked = 0;
  const execute = () => ((asked += 1), answer.promise);
  const clock = new DatabaseClock({ em: { fork: () => ({ execute }) } } as unknown as MikroORM);
  let closed = false;
  const closing = clock.close().then(() => (closed = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  answer.resolve([{ now: String(Date.now()) }]);
  await closing;
  expect(asked).toBe(1);
});
