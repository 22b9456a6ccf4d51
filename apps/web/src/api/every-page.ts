/** The most that the server answers at once. */
const PAGE = 500;

interface Page<Item> {
  readonly data: readonly Item[];
  readonly pagination: { readonly hasMore: boolean };
}

/** All of a list that the server answers page by page. */
export async function everyPage<Item>(
  ask: (page: { readonly limit: number; readonly offset: number }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const found: Item[] = [];
  for (;;) {
    const { data, pagination } = await ask({ limit: PAGE, offset: found.length });
    found.push(...data);
    if (!pagination.hasMore || !data.length) return found;
  }
}
