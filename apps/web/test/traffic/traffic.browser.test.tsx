import { describe, expect, onTestFinished, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { afternoon, DEMO } from '../fake/scenes.ts';
import type { World } from '../fake/world.ts';
import { open } from '../open.tsx';

function demonstration(role = 'admin'): World {
  const world = afternoon(20);
  world.demo = DEMO;
  if (world.user) world.user = { ...world.user, role };
  return world;
}

const button = () => page.getByRole('button', { name: /^Traffic/, includeHidden: true });
const slider = () => page.getByRole('slider', { name: /^Edits a second/ });

/** As a hand moves it. */
function move(rate: string): void {
  const input = slider().element();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, rate);
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

describe('traffic on demand', () => {
  test('an admin of a demonstration sets it by keys, and sees how much there really is', async () => {
    const world = demonstration();
    await open('/live', world);
    await button().click();
    await expect.element(page.getByText('Off.')).toBeVisible();
    await expectAccessible();
    slider().element().focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');
    await expect.poll(() => world.rates.at(-1)).toBe(3);
    await userEvent.keyboard('{End}');
    await expect.poll(() => world.rates.at(-1)).toBe(200);
    await expect.element(page.getByText('180 a second at present, 2,000 since it was switched on.')).toBeVisible();
    await expect.element(slider()).toHaveAttribute('aria-valuetext', '200 edits a second');
    await expect.element(button()).toMatchTextContent('180/s');
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => world.rates.at(-1)).toBe(0);
    await userEvent.keyboard('{Escape}');
    await expect.element(slider()).not.toBeInTheDocument();
    await expect.element(button()).toHaveFocus();
  });

  test('a hand on the slider sends one wish, when it rests', async () => {
    const world = demonstration();
    await open('/live', world);
    await button().click();
    await expect.element(slider()).toBeEnabled();
    // In one go: between two of them a busy machine may take as long as a hand that rests.
    for (const rate of ['20', '90', '40']) move(rate);
    await expect.poll(() => world.rates).toEqual([40]);
    await expect.element(slider()).toHaveValue('40');
  });

  test('an answer that comes late moves no slider that was moved on meanwhile', async () => {
    const world = demonstration();
    const answer: (() => void)[] = [];
    world.answers.set('demo.traffic', () => new Promise<void>((resolve) => answer.push(resolve)));
    await open('/live', world);
    await button().click();
    await expect.element(slider()).toBeEnabled();
    move('20');
    await expect.poll(() => world.rates).toEqual([20]);
    move('90');
    await expect.element(slider()).toHaveAttribute('aria-valuetext', '90 edits a second');
    const stood: (string | null)[] = [];
    const watching = new MutationObserver(() => stood.push(slider().element().getAttribute('aria-valuetext')));
    watching.observe(slider().element(), { attributes: true });
    onTestFinished(() => watching.disconnect());
    answer[0]?.();
    await expect.poll(() => answer.length).toBe(2);
    answer[1]?.();
    await expect.element(page.getByText('81 a second at present', { exact: false })).toBeVisible();
    expect(stood.filter((text) => text !== '90 edits a second')).toEqual([]);
  });

  test('says why it ended by itself', async () => {
    const world = demonstration();
    world.traffic = { wanted: 0, actual: 0, done: 0, ended: 'unwatched' };
    await open('/live', world);
    await button().click();
    await expect.element(page.getByText('nobody was looking any more', { exact: false })).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Stop' })).toHaveAccessibleDescription('There is no traffic.');
  });

  test('a refusal is told where it was asked for, and can be tried again', async () => {
    const world = demonstration();
    world.refusals.set('demo.traffic', {
      code: 'CONFLICT',
      message: 'The demonstration is still being written.',
      details: 'Try again when it is complete.',
    });
    await open('/live', world);
    await button().click();
    await expect.element(page.getByRole('alert')).toMatchTextContent('still being written. Try again');
    await expect.element(slider()).toBeDisabled();
    await expectAccessible();
    world.refusals.clear();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.element(slider()).toBeEnabled();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  });

  test('at 360 px it opens from the bottom edge, and nothing is cut', async () => {
    await page.viewport(360, 740);
    await open('/live', demonstration());
    await button().click();
    await expect.element(slider()).toBeVisible();
    await expectAccessible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    const { left, right } = slider().element().getBoundingClientRect();
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(360);
  });

  test('nobody else is offered it: no other role, and no server without a demonstration', async () => {
    for (const world of [demonstration('manager'), afternoon(20)]) {
      await open('/live', world);
      await expect.poll(() => world.followers.size).toBe(1);
      await expect.element(button()).not.toBeInTheDocument();
    }
  });
});
