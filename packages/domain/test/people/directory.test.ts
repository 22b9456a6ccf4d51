import { expect, test } from 'vitest';
import { Directory } from '../../src/people/directory.ts';

function directory(people: Record<string, string>) {
  const asked: string[][] = [];
  let time = 0;
  const lookup = async (ids: readonly string[]) => {
    asked.push([...ids]);
    return new Map(ids.flatMap((id) => (people[id] ? [[id, people[id]] as const] : [])));
  };
  return { asked, people, pass: (ms: number) => (time += ms), directory: new Directory(lookup, () => time) };
}

test('names are looked up together, once', async () => {
  const d = directory({ a: 'Ann', b: 'Bo' });
  expect(Object.fromEntries(await d.directory.get(['a', 'b', 'a']))).toEqual({ a: 'Ann', b: 'Bo' });
  expect(Object.fromEntries(await d.directory.get(['b', 'a']))).toEqual({ a: 'Ann', b: 'Bo' });
  expect(d.asked).toEqual([['a', 'b']]);
});

test('an id that nobody has is left out, and not asked for again', async () => {
  const d = directory({});
  expect((await d.directory.get(['x'])).size).toBe(0);
  await d.directory.get(['x']);
  expect(d.asked).toEqual([['x']]);
});

test('a name that changed is asked for again when it was forgotten, or after a minute', async () => {
  const d = directory({ a: 'Ann' });
  await d.directory.get(['a']);
  d.people['a'] = 'Anna';
  d.directory.forget('a');
  expect((await d.directory.get(['a'])).get('a')).toBe('Anna');
  d.people['a'] = 'Annika';
  d.pass(60_000);
  expect((await d.directory.get(['a'])).get('a')).toBe('Annika');
});
