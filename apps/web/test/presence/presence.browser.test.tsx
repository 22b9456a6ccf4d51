import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { makeCard } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { cutLines } from '../fake/handlers.ts';
import { PEOPLE, person } from '../fake/people.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const [li, jon] = [person('Li Wei'), person('Jon Ek')];
const card = makeCard({ person: li });

const at = (who: { readonly id: string; readonly name: string }, editing = false) => ({ id: who.id, name: who.name, editing });

async function opened(): Promise<void> {
  const world = new World();
  world.cards = [card];
  await open(`/timecards/${card.id}`, world);
  await expect.poll(() => current().watchers.size).toBe(1);
}

const said = () => [...document.querySelectorAll('[role="status"]')].map((status) => status.textContent).join();
const stack = () => document.querySelector<HTMLElement>('[data-presence]');

describe('AUD-25: who else has this timecard open', () => {
  test('AUD-25: comes, begins to edit, and goes; said aloud when they come and when they edit, and not again', async () => {
    await opened();
    expect(stack()).toBeNull();
    current().meet(at(jon));
    await expect.poll(() => stack()?.textContent).toContain('Jon Ek has it open too');
    await expect.poll(said).toContain('Jon Ek has it open too');
    const spoken: string[] = [];
    const watching = new MutationObserver(() => spoken.push(said()));
    watching.observe(document.body, { subtree: true, childList: true, characterData: true });
    onTestFinished(() => watching.disconnect());
    current().meet(at(jon, true), at(li));
    await expect.poll(() => stack()?.textContent).toContain('Jon Ek is editing');
    await expect.poll(said).toContain('Jon Ek is editing. Li Wei has it open too');
    spoken.length = 0;
    current().meet(at(jon, true));
    await expect.poll(() => stack()?.textContent).not.toContain('Li Wei');
    expect(spoken.every((text) => text.includes('Jon Ek is editing. Li Wei'))).toBe(true);
    await expectAccessible();
    current().meet();
    await expect.poll(stack).toBeNull();
  });

  test('AUD-25: whoever edits is warned before there is a conflict, and the others are told', async () => {
    await opened();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(page.getByRole('heading', { name: 'Edit the times' })).toBeVisible();
    await expect.poll(() => current().said).toEqual([false, true]);
    await expect.poll(() => current().watchers.size).toBe(1);
    expect(document.body.innerText).not.toContain('this timecard too');
    current().meet(at(jon, true));
    await expect.element(page.getByText('Jon Ek is editing this timecard too.')).toBeVisible();
    await expectAccessible();
    current().meet(at(jon));
    await expect.element(page.getByText('Jon Ek is editing this timecard too.')).not.toBeInTheDocument();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect.poll(() => current().said).toEqual([false, true, false]);
  });

  test('AUD-25: whoever turns to another tab isn’t here, unless they are editing', async () => {
    await opened();
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    onTestFinished(() => visibility.mockRestore());
    document.dispatchEvent(new Event('visibilitychange'));
    await expect.poll(() => current().watchers.size).toBe(0);
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await expect.poll(() => current().watchers.size).toBe(1);
  });

  test('AUD-25: without a line nobody is said to be there', async () => {
    await opened();
    current().meet(at(jon, true));
    await expect.poll(() => stack()?.textContent).toContain('Jon Ek is editing');
    current().gone = true;
    cutLines();
    await expect.poll(stack).toBeNull();
  });

  test('AUD-25: on a phone, among many, the title keeps its place and nothing scrolls sideways', async () => {
    await page.viewport(360, 740);
    await opened();
    const title = () => document.querySelector('h1')?.getBoundingClientRect();
    current().meet(...PEOPLE.slice(0, 6).map((who, n) => at(who, n === 4)));
    await expect
      .poll(() => [...(stack()?.querySelectorAll<HTMLElement>('span[style]') ?? [])].filter((one) => one.offsetWidth > 0).length)
      .toBe(1);
    expect(stack()?.innerText).toContain('+5');
    expect(title()?.width).toBeGreaterThan(100);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    expect(stack()?.getBoundingClientRect().right).toBeLessThanOrEqual(360);
    await expectAccessible();
  });
});
