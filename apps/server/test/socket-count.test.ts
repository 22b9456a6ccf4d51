import { expect, test } from 'vitest';
import { SocketCount } from '../src/sockets/socket-count.ts';

test('AC-8: so many are let in, each kind and each name by itself, and whoever leaves makes room once', () => {
  const count = new SocketCount({ session: 2, address: 1 });
  const [first, second] = [count.enter('session', 'a'), count.enter('session', 'a')];
  expect([first, second].every(Boolean)).toBe(true);
  expect(count.enter('session', 'a')).toBeNull();
  expect(count.enter('session', 'b')).not.toBeNull();
  expect(count.enter('address', 'a')).not.toBeNull();
  expect(count.enter('address', 'a')).toBeNull();
  first?.();
  first?.();
  expect(count.enter('session', 'a')).not.toBeNull();
  expect(count.enter('session', 'a')).toBeNull();
});

test('names of whom nothing is open are forgotten', () => {
  const count = new SocketCount();
  const leaves = Array.from({ length: 100 }, (_, n) => count.enter('user', String(n)));
  expect(count.size).toBe(100);
  for (const leave of leaves) leave?.();
  expect(count.size).toBe(0);
});
