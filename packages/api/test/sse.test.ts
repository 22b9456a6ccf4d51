import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { describe, expect, test } from 'vitest';
import { eventually } from '@countersign/testing/eventually';
import { definitionsIn } from '../src/definition.ts';
import { interfaceOf } from '../src/interface.ts';
import type { LiveStretch } from '../src/live/lane.ts';
import { upTo } from './sockets.ts';
import { rabbits, scene, somebody, type Scene } from './warren.ts';

const { router } = interfaceOf(definitionsIn([rabbits]));

/** Reads server-sent events as a browser's EventSource does. */
async function listen({ context }: Scene, { input = {}, lastEventId }: { input?: object; lastEventId?: string } = {}) {
  const abort = new AbortController();
  const url = `http://localhost/trpc/audit.live?input=${encodeURIComponent(JSON.stringify(input))}`;
  const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
  const req = new Request(url, { headers, signal: abort.signal });
  const answer = await fetchRequestHandler({ req, router, endpoint: '/trpc', createContext: () => context(somebody()) });
  const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  const seen = { text: '' };
  /** One more piece of the answer: nothing is read ahead. */
  const pull = async () => (seen.text += (await reader.read()).value ?? '');
  const stretches = () =>
    [...seen.text.matchAll(/^data: (\{"from".*)\nid: (\d+)/gm)].map(([, data, id]) => ({
      id,
      ...(JSON.parse(data as string) as LiveStretch),
    }));
  const positions = () => stretches().flatMap(({ events }) => events.map(({ position }) => position));
  return Object.assign(seen, { pull, stretches, positions, abort: () => abort.abort(), answer, cancel: () => reader.cancel() });
}

describe('the same procedure without a websocket', () => {
  test('AUD-20: server-sent events bring each event once, with its position as the id', async () => {
    const here = scene();
    here.burrow.append(2);
    const page = await listen(here, { lastEventId: '0' });
    expect(page.answer.headers.get('content-type')).toBe('text/event-stream');
    await eventually(async () => {
      await page.pull();
      return page.positions().length === 2;
    });
    here.burrow.append(3);
    await eventually(async () => {
      await page.pull();
      return page.positions().length === 5;
    });
    expect(page.positions()).toEqual(upTo(5));
    expect(page.stretches().at(-1)?.id).toBe('5');
  });

  test('AUD-23: who does not read holds nothing up, and goes on from the log when the ring has moved on', async () => {
    const here = scene({ laneLimit: 5_000 });
    const page = await listen(here, { lastEventId: '0' });
    for (let n = 0; n < 50; n++) here.burrow.append(20);
    await eventually(async () => {
      await page.pull();
      return page.positions().length === 1_000;
    });
    expect(page.positions()).toEqual(upTo(1_000));
    expect(here.burrow.reads).toBeGreaterThan(0);
  });

  test('AUD-21: the page is told to reload when it is too far behind', async () => {
    const here = scene({ maxBehind: 10 });
    here.burrow.append(100);
    const page = await listen(here, { lastEventId: '1' });
    await eventually(async () => {
      await page.pull();
      return page.text.includes('PRECONDITION_FAILED');
    });
    expect(page.text).toContain('"reload"');
  });

  test('who leaves lets go of everything, and an unused lane is dropped', async () => {
    const here = scene({ lingering: 10 });
    const page = await listen(here);
    await page.pull();
    const { lanes } = here.services;
    await eventually(() => lanes.size === 1);
    page.abort();
    await page.cancel().catch(() => undefined);
    await eventually(() => lanes.size === 0);
  });
});
