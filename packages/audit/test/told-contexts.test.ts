import { expect, it } from 'vitest';
import { ToldContexts } from '../src/merge/told-contexts.ts';
import { contextText } from './warren.ts';

it('however long contexts are, and however many, a bounded part of them is kept in memory', () => {
  const contexts = new ToldContexts();
  for (let i = 0; i < 60; i++) {
    const read = contexts.read(contextText('hazel', { reason: `${i} ${'because '.repeat(i % 20 === 0 ? 300_000 : 10_000)}` }));
    expect(read.reason).toMatch(new RegExp(`^${i} because`));
    expect(contexts.characters).toBeLessThanOrEqual(2_000_000);
  }
  for (let i = 0; i < 3_000; i++) contexts.read(contextText(`rabbit ${i}`));
  expect(contexts.characters).toBeLessThan(1_000 * contextText('rabbit 1000').length + 1);
});

it('a text is read once', () => {
  const contexts = new ToldContexts();
  const text = contextText('hazel');
  expect(contexts.read(text)).toBe(contexts.read(text));
  expect(() => contexts.read('{"actor":1}')).toThrow('not the form of a context');
});
