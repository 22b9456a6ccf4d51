import type { Page } from 'playwright';

/** What a page noticed of itself. Times in milliseconds since 1970. */
export interface Noticed {
  /** By position: when the frame in which its row stood had been painted. */
  readonly painted: readonly (readonly [position: number, at: number])[];
  /** Milliseconds between two frames. */
  readonly frames: readonly number[];
  /** From the pointer being pressed to the page hearing of it. */
  readonly delays: readonly number[];
  /** Of the list, at most. */
  readonly rows: number;
  readonly layoutShift: number;
}

/** Makes a page look at itself from its first script on, once a frame, at what stands in its feed. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const painted = new Map<number, number>();
    const noticed = { painted, frames: [] as number[], delays: [] as number[], rows: 0, layoutShift: 0 };
    Object.assign(globalThis, { noticed });
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!shift.hadRecentInput) noticed.layoutShift += shift.value;
    }).observe({ type: 'layout-shift', buffered: true });
    addEventListener('pointerdown', (event) => noticed.delays.push(performance.now() - event.timeStamp), { capture: true });
    // A message that is sent in a frame arrives when that frame has been painted.
    const { port1, port2 } = new MessageChannel();
    const fresh: number[] = [];
    port1.addEventListener('message', () => {
      for (const position of fresh.splice(0)) painted.set(position, performance.timeOrigin + performance.now());
    });
    port1.start();
    const look = () => {
      noticed.rows = Math.max(noticed.rows, document.querySelectorAll('li[data-index]').length);
      for (const { dataset } of document.querySelectorAll<HTMLElement>('[data-open]')) {
        const position = Number(dataset['open']);
        if (!painted.has(position)) {
          painted.set(position, 0);
          fresh.push(position);
        }
      }
      if (fresh.length) port2.postMessage(null);
    };
    // What observes sizes is called last in a frame, when whatever the page does in it has been done; so something changes its size in each.
    const probe = document.createElement('div');
    probe.style.cssText = 'position: fixed; visibility: hidden; contain: strict; height: 1px';
    new ResizeObserver(look).observe(probe);
    let before = performance.now();
    const frame = (at: number) => {
      noticed.frames.push(at - before);
      before = at;
      if (document.body && !probe.isConnected) document.documentElement.append(probe);
      probe.style.width = probe.style.width === '1px' ? '2px' : '1px';
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** What it noticed since it was last asked. */
export async function noticed(page: Page): Promise<Noticed> {
  return page.evaluate(() => {
    const { noticed: now } = globalThis as unknown as { noticed: Omit<Noticed, 'painted'> & { painted: Map<number, number> } };
    const answer = { ...now, painted: [...now.painted].filter(([, at]) => at > 0), frames: [...now.frames], delays: [...now.delays] };
    // What has been told stays known, so that it isn't told again.
    for (const [position] of answer.painted) now.painted.set(position, -1);
    Object.assign(now, { frames: [], delays: [], rows: 0, layoutShift: 0 });
    return answer;
  });
}
