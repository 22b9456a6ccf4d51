import type { EventPage, Stretch } from '../../api/views.ts';
import type { Feed } from './feed.ts';

/** Events that a stretch should hold, and how many may come before it was cut too wide. */
const WANTED = 200;
const MOST = 500;

type Read = (asked: { readonly before: number; readonly limit: number }) => Promise<EventPage>;

/**
 * Reads what stands right after a look back. The log is read downwards only, from below a position: so a stretch is cut
 * above what is shown, as wide as should hold two hundred events by how densely they lie there. Where it holds more than
 * come in one answer it is cut anew, narrower; where it holds none, wider.
 */
export async function readAfter(feed: Feed, read: Read): Promise<{ stretch: Stretch; head: number }> {
  let [from, width] = [feed.position, widthFor(feed)];
  for (;;) {
    const page = await read({ before: from + width + 1, limit: MOST });
    const to = Math.min(from + width, page.position);
    const events = page.events.filter(({ position }) => position > from);
    const isWhole = events.length < page.events.length || page.next === null;
    if (isWhole && (events.length > 0 || to >= page.position)) return { stretch: { from: feed.position, to, events }, head: page.position };
    if (isWhole) from = to;
    width = isWhole ? width * 4 : Math.max(1, Math.floor(width / 4));
  }
}

/** Positions are dense over all events; those that a filter lets through, or that one may see, lie further apart. */
function widthFor({ shown, next, position }: Feed): number {
  // Where nothing is older, all that is shown has come up from the beginning.
  const lowest = next === null ? 0 : (shown.at(-1)?.position ?? 0);
  return shown.length ? Math.ceil(((position - lowest + 1) / shown.length) * WANTED) : WANTED;
}
