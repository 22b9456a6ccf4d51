import { describe, expect, test } from 'vitest';
import { RetryPause } from '../src/retry-pause.ts';

const LONG = 1_000_000;

function paused() {
  const told: number[] = [];
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  const page = Object.assign(new EventTarget(), { document });
  const pause = new RetryPause((milliseconds) => told.push(milliseconds), page);
  return { pause, told, page, document };
}

/** Whether a pause is over by now, without waiting for it. */
const isOver = (pause: RetryPause) =>
  Promise.race([pause.over().then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

describe('AUD-21 the pause before a lost line is tried again', () => {
  test('ends by itself', async () => {
    const { pause, told } = paused();
    pause.begin(1);
    await pause.over();
    expect(told).toEqual([1]);
  });

  test('ends at once when the browser has a network again', async () => {
    const { pause, told, page } = paused();
    pause.begin(LONG);
    expect(await isOver(pause)).toBe(false);
    page.dispatchEvent(new Event('online'));
    expect(await isOver(pause)).toBe(true);
    expect(told).toEqual([LONG, 0]);
  });

  test('ends at once when somebody looks at the page again, and not when they look away', async () => {
    const { pause, document } = paused();
    pause.begin(LONG);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(await isOver(pause)).toBe(false);
    document.visibilityState = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    expect(await isOver(pause)).toBe(true);
  });

  test('is nobody’s business where the server ended the line on purpose: nothing is told of it, and nothing hurries it', async () => {
    const { pause, told, page } = paused();
    pause.beginQuietly(LONG);
    page.dispatchEvent(new Event('online'));
    expect(await isOver(pause)).toBe(false);
    pause.beginQuietly(1);
    await pause.over();
    expect(told).toEqual([]);
  });

  test('a client that was closed no longer listens to the browser', async () => {
    const { pause, page } = paused();
    pause.begin(LONG);
    pause.close();
    page.dispatchEvent(new Event('online'));
    expect(await isOver(pause)).toBe(false);
    pause.cutShort();
  });

  test('is left out once where the reason to hurry came while a try was under way', async () => {
    const { pause, told } = paused();
    pause.begin(1);
    await pause.over();
    pause.cutShort();
    pause.begin(LONG);
    await pause.over();
    pause.begin(LONG);
    expect(await isOver(pause)).toBe(false);
    expect(told).toEqual([1, 0, LONG]);
    pause.cutShort();
  });

  test('is as long as ever where the line stood when the browser said so: a restarted server gets its clients back one by one', async () => {
    const { pause, page } = paused();
    page.dispatchEvent(new Event('online'));
    pause.begin(1);
    await pause.over();
    pause.opened();
    page.dispatchEvent(new Event('online'));
    pause.begin(LONG);
    expect(await isOver(pause)).toBe(false);
    pause.cutShort();
  });

  test('there is none before the first try', async () => {
    expect(await isOver(paused().pause)).toBe(true);
  });
});
