import { expect, test } from 'vitest';
import { everyPage } from '../../src/api/every-page.ts';

test('AC-8: a list is asked for page by page, until there is no more; one that shrinks meanwhile comes to its end', async () => {
  const all = Array.from({ length: 1_200 }, (_, n) => n);
  const asked: number[] = [];
  const ask = async ({ limit, offset }: { limit: number; offset: number }) => {
    asked.push(offset);
    return { data: all.slice(offset, offset + limit), pagination: { hasMore: offset + limit < all.length } };
  };
  expect(await everyPage(ask)).toEqual(all);
  expect(asked).toEqual([0, 500, 1_000]);
  expect(await everyPage(async () => ({ data: [], pagination: { hasMore: true } }))).toEqual([]);
});
