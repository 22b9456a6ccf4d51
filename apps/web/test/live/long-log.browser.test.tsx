import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { KEPT } from '../../src/features/trail/feed.ts';
import { expectAccessible } from '../axe.ts';
import { LongLog } from '../fake/long-log.ts';
import { open } from '../open.tsx';
import { steady } from '../steady.ts';

/** More than a million events. */
const LENGTH = 1_200_000;
/** Pixels beyond which Chromium makes no element higher. */
const HIGHEST = 33_500_000;

const row = (position: number) => page.getByRole('link', { name: `Open event #${position}`, exact: true });
const list = () => page.getByRole('list', { name: 'Changes, newest first' }).element() as HTMLElement;
const scroller = () => document.querySelector('[aria-label="Feed"]') as HTMLElement;
const status = () => document.querySelector('[data-state]')?.textContent;
const shown = () =>
  [...document.querySelectorAll<HTMLElement>('[data-open]')].map((one) => Number(one.dataset['open'])).sort((one, other) => other - one);
const highest = () => shown()[0] ?? 0;
const lowest = () => shown().at(-1) ?? Infinity;
const topOf = (position: number) => Math.round(document.querySelector(`[data-open="${position}"]`)?.getBoundingClientRect().top ?? NaN);

/** Scrolls on as far as the list goes, until something holds. */
async function scrollUntil(to: 'top' | 'end', holds: () => void): Promise<void> {
  await vi.waitFor(
    () => {
      scroller().scrollTop = to === 'end' ? scroller().scrollHeight : 0;
      expect(list().getBoundingClientRect().height).toBeLessThan(HIGHEST);
      expect(list().children.length).toBeLessThanOrEqual(60);
      holds();
    },
    { timeout: 220_000, interval: 30 },
  );
}

test('a log of more than a million events: the newest are there at once, and as many as are kept can be scrolled through', async () => {
  const world = new LongLog(LENGTH);
  const { address } = await open('/live', world);
  await expect.element(row(LENGTH)).toBeVisible();
  expect(world.sent).toEqual([100]);
  await expect.element(page.getByText('1,200,000 events')).toBeVisible();
  const goOn = page.getByRole('button', { name: /^Go on from event/ });
  await scrollUntil('end', () => expect(goOn.elements()).toHaveLength(1));
  expect(list().getAttribute('style')).toMatch(/height/);
  // The list leads on from where it ends, to a look back.
  await goOn.click();
  await expect.poll(address).toBe(`/live?before=${LENGTH - KEPT + 1}`);
  await expect.element(row(LENGTH - KEPT)).toBeVisible();
}, 480_000);

test('its oldest events are one address away, and from there it goes on upwards', async () => {
  await open('/live?before=60', new LongLog(LENGTH));
  await expect.element(row(59)).toBeVisible();
  await expect.poll(status).toBe('Before event 60: not live');
  await expectAccessible();
  await page.viewport(1280, 800);
  await scrollUntil('end', () => expect(row(1).elements()).toHaveLength(1));
  await expect.element(page.getByText('This is the beginning of what is recorded here.')).toBeVisible();
  await scrollUntil('top', () => expect(highest()).toBeGreaterThan(400));
  expect(status()).toMatch(/^Before event \d{3,}: not live$/);
  // And down again, without a hole or a double on the way.
  await scrollUntil('end', () => expect(row(1).elements()).toHaveLength(1));
}, 480_000);

test('newer events come on top of a look back without moving what is read', async () => {
  await open('/live?before=600001', new LongLog(LENGTH));
  await expect.element(row(600_000)).toBeVisible();
  const before = await steady(() => topOf(600_000));
  await page.getByRole('button', { name: 'Newer events' }).click();
  await expect.poll(status).toBe('Before event 600,201: not live');
  expect(Math.abs((await steady(() => topOf(600_000))) - before)).toBeLessThanOrEqual(1);
  await userEvent.keyboard('k');
  // By scrolling too, as soon as somebody comes near the upper end.
  await vi.waitFor(
    () => {
      scroller().scrollTop -= 400;
      expect(status()).toBe('Before event 600,401: not live');
    },
    { timeout: 20_000 },
  );
}, 120_000);

test('a look back keeps no more than it may, and what it let go comes back: a window over all of the log', async () => {
  const world = new LongLog(LENGTH);
  await open('/live?before=600001', world);
  await expect.element(row(600_000)).toBeVisible();
  // Down by more than is kept: the upper end is let go.
  await scrollUntil('end', () => expect(lowest()).toBeLessThan(600_000 - KEPT - 500));
  expect(status()).not.toBe('Before event 600,001: not live');
  // And all the way up again, to where it began and beyond.
  await scrollUntil('top', () => expect(highest()).toBeGreaterThan(600_050));
  expect(shown()).toEqual(shown().map((_, index) => highest() - index));
}, 480_000);

test('at the newest a look back says so, and T leads back to the live list', async () => {
  const { address } = await open(`/live?before=${LENGTH - 20}`, new LongLog(LENGTH));
  await page.getByRole('button', { name: 'Newer events' }).click();
  await expect.element(page.getByText('Nothing newer was recorded here when this was read.')).toBeInTheDocument();
  await userEvent.keyboard('t');
  await expect.poll(address).toBe('/live');
  await expect.poll(status).toBe('Live');
});

test('newer events that can’t be read are asked for again', async () => {
  const world = new LongLog(LENGTH);
  await open('/live?before=600001', world);
  await expect.element(row(600_000)).toBeVisible();
  world.refusals.set('audit.page', { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side' });
  await page.getByRole('button', { name: 'Newer events' }).click();
  await expect.element(page.getByText('Couldn’t read newer events.', { exact: false })).toBeVisible();
  await expectAccessible();
  world.refusals.clear();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(status).toBe('Before event 600,201: not live');
});
