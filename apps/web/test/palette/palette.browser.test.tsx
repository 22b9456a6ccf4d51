import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { densityPreference, foldingPreference, themePreference, zonePreference } from '../../src/ui/preferences.ts';
import { expectAccessible } from '../axe.ts';
import { current } from '../fake/current.ts';
import { ANNA, person } from '../fake/people.ts';
import { afternoon } from '../fake/scenes.ts';
import type { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const dialog = () => page.getByRole('dialog', { name: 'Find' });
const field = () => page.getByRole('combobox', { name: 'Find a page, a person, a time, a command' });
const option = (name: string | RegExp) => page.getByRole('option', { name });
const options = () =>
  dialog()
    .getByRole('option')
    .elements()
    .map((one) => one.querySelector('span')?.textContent);
/** What a screen reader is told that Enter would choose. */
const active = () =>
  document.getElementById(document.querySelector('[role="combobox"]')?.getAttribute('aria-activedescendant') ?? '')?.querySelector('span')
    ?.textContent;
const LI = person('Li Wei');

async function openPalette(address = '/live', world: World = afternoon()) {
  const opened = await open(address, world);
  await expect.element(page.getByRole('heading', { level: 1 })).toBeVisible();
  await userEvent.keyboard('{Control>}k{/Control}');
  await expect.element(field()).toHaveFocus();
  return opened;
}

describe('the palette', () => {
  test('opens by Ctrl and K, also while somebody types, and closes by it and by Escape', async () => {
    await open('/live', afternoon());
    await page.getByRole('searchbox').click();
    await userEvent.keyboard('gate{Control>}k{/Control}');
    await expect.element(field()).toHaveFocus();
    await userEvent.keyboard('{Control>}k{/Control}');
    await expect.poll(() => dialog().elements().length).toBe(0);
    await expect.element(page.getByRole('searchbox')).toHaveFocus();
    await userEvent.keyboard('{Control>}k{/Control}');
    await expect.element(field()).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => dialog().elements().length).toBe(0);
    await expect.element(page.getByRole('searchbox')).toHaveValue('gate');
  });

  test('opens by its button, which says the keys; the sheet of keys lists it', async () => {
    await open('/timecards', afternoon());
    const button = page.getByRole('button', { name: 'Find', exact: true });
    await expect.element(button).toHaveAttribute('aria-keyshortcuts', 'Control+K');
    await button.click();
    await field().fill('keyboard');
    await userEvent.keyboard('{Enter}');
    await expect
      .element(page.getByRole('dialog', { name: 'Keyboard shortcuts' }))
      .toMatchTextContent('Find a page, a person, a time, a command');
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => page.getByRole('dialog').elements().length).toBe(0);
  });

  test('does not open over a dialog, where something may be typed', async () => {
    const world = afternoon();
    await open(`/timecards/${world.cards[1]?.id}`, world);
    await page.getByRole('button', { name: 'Reject' }).click();
    await expect.element(page.getByRole('dialog')).toBeVisible();
    await userEvent.keyboard('{Control>}k{/Control}');
    expect(field().elements()).toHaveLength(0);
  });

  test('by arrows, Home and End one walks through it, and the count is said', async () => {
    await openPalette();
    await field().fill('time');
    await expect.element(dialog().getByRole('status')).toMatchTextContent(/^\d+ results$/);
    const names = options();
    await expect.poll(active).toBe(names[0]);
    await userEvent.keyboard('{ArrowDown}');
    await expect.poll(active).toBe(names[1]);
    await userEvent.keyboard('{ArrowUp}{ArrowUp}');
    await expect.poll(active).toBe(names.at(-1));
    await userEvent.keyboard('{Home}');
    await expect.poll(active).toBe(names[0]);
    await userEvent.keyboard('{End}');
    await expect.poll(active).toBe(names.at(-1));
    await expect.element(field()).toHaveFocus();
  });

  test('is there at 360 px, and nobody objects to it: begun, found, nothing found', async () => {
    await page.viewport(360, 780);
    await open('/live', afternoon());
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await expect.element(option('Timecards')).toBeVisible();
    await expectAccessible();
    await field().fill('li wei');
    await expect.element(option(/^Li Wei, /).first()).toBeVisible();
    await expectAccessible();
    await field().fill('nobody at all');
    await expect.element(page.getByText('Nothing is called “nobody at all”.', { exact: false })).toBeVisible();
    await expectAccessible();
  });
});

describe('leads', () => {
  test('to pages, and the focus to their heading', async () => {
    const { address } = await openPalette();
    await field().fill('timec');
    await userEvent.keyboard('{Enter}');
    await expect.poll(address).toBe('/timecards');
    await expect.element(page.getByRole('heading', { level: 1, name: 'Timecards' })).toHaveFocus();
  });

  test('only to pages that one has', async () => {
    const world = afternoon();
    await openPalette('/live', world);
    await field().fill('reasons');
    await expect.element(option('Reasons to pick from')).toBeVisible();
    if (world.user) world.user = { ...world.user, role: 'worker' };
    await openPalette('/live', world);
    await field().fill('reasons');
    await expect.poll(() => option('Reasons to pick from').elements().length).toBe(0);
  });

  test('AUD-22: to what somebody did, and to what was done', async () => {
    const { address } = await openPalette('/live?action=user_edit');
    await field().fill('anna');
    await option('What Anna Berg did Admin').click();
    await expect.poll(address).toBe(`/live?actor=${ANNA.id}`);
    await openPalette();
    await field().fill('approved');
    await option(/^Timecard approved/).click();
    await expect
      .poll(() => current().asked.findLast(({ path }) => path === 'audit.page')?.input)
      .toMatchObject({ action: ['timecard_approved'] });
  });

  test('to a time, in the zone that was chosen', async () => {
    zonePreference.set('utc');
    const { address } = await openPalette();
    await field().fill('2026-11-03 14:00');
    await expect.element(option(/14:00–15:00 UTC$/)).toBeVisible();
    await userEvent.keyboard('{Enter}');
    await expect.poll(address).toBe('/live?from=2026-11-03T14:00:00Z&to=2026-11-03T14:59:59.999999Z');
    zonePreference.set('mine');
    const berlin = await openPalette();
    await field().fill('2026-11-03');
    await userEvent.keyboard('{Enter}');
    await expect.poll(berlin.address).toBe('/live?from=2026-11-02T23:00:00Z&to=2026-11-03T22:59:59.999999Z');
  });

  test('to timecards, sought on the server by person, site and status once one pauses', async () => {
    const { address } = await openPalette();
    const asked = () =>
      current()
        .asked.filter(({ path }) => path === 'timecards.list')
        .map(({ input }) => input);
    // In one go: between two letters a busy machine may take as long as somebody who pauses.
    await field().fill('li wei approved');
    const card = option(/^Li Wei, Week of 2 Nov 2026/);
    await expect.element(card).toMatchTextContent('Dock 4 · Approved');
    expect(asked()).toEqual([{ status: ['approved'], person: LI.id, limit: 5 }]);
    await card.click();
    await expect.poll(address).toBe(`/timecards/${current().cards[0]?.id}`);
  });

  test('what comes late moves no choice', async () => {
    const world = afternoon();
    let answer = () => {};
    const waits = new Promise<void>((resolve) => (answer = resolve));
    const first = world.answer.bind(world);
    world.answer = (path, input) => (path === 'timecards.list' ? waits.then(() => first(path, input)) : first(path, input));
    await openPalette('/live', world);
    await field().fill('sara');
    await expect.element(option(/^What Sara Lindqvist did/)).toBeVisible();
    const before = active();
    answer();
    await expect.element(option(/^Sara Lindqvist, /)).toBeVisible();
    await expect.poll(active).toBe(before);
    expect(options()[0]).toBe(before);
  });
});

describe('does', () => {
  const choose = async (text: string) => {
    await userEvent.keyboard('{Control>}k{/Control}');
    await field().fill(text);
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => dialog().elements().length).toBe(0);
  };

  test('what is chosen by its name: appearance, zone, rows, runs', async () => {
    await open('/live', afternoon());
    await expect.element(page.getByRole('heading', { level: 1 })).toBeVisible();
    await choose('dark');
    await expect.poll(() => themePreference.get()).toBe('dark');
    await choose('utc');
    await expect.poll(() => zonePreference.get()).toBe('utc');
    await choose('compact');
    await expect.poll(() => densityPreference.get()).toBe('compact');
    await choose('unfold');
    await expect.poll(() => foldingPreference.get()).toBe('off');
    await choose('fold runs');
    await expect.poll(() => foldingPreference.get()).toBe('on');
  });

  test('sign out, and leaves nothing open', async () => {
    const { address } = await open('/live', afternoon());
    await expect.element(page.getByRole('heading', { level: 1 })).toBeVisible();
    await choose('sign out');
    await expect.poll(address).toMatch(/^\/sign-in/);
  });
});

describe('recent choices', () => {
  const recents = () =>
    [...document.querySelectorAll('[role="group"][aria-label="Recent"] [role="option"]')].map(
      (one) => one.querySelector('span')?.textContent,
    );

  test('come first, the latest first, by id only, and each person has their own', async () => {
    const { address } = await openPalette();
    await field().fill('yesterday');
    await userEvent.keyboard('{Enter}');
    await expect.poll(address).toContain('from=');
    await userEvent.keyboard('{Control>}k{/Control}');
    await field().fill('li wei');
    await option(/^Li Wei, /)
      .first()
      .click();
    await expect.poll(address).toContain('/timecards/');
    await userEvent.keyboard('{Control>}k{/Control}');
    await expect.poll(recents).toEqual([expect.stringMatching(/^Li Wei, /), expect.stringMatching(/^Yesterday, /)]);
    expect(Object.values(localStorage).join(' ')).not.toContain('Li Wei');
    const world = afternoon();
    if (world.user) world.user = { ...world.user, id: LI.id, name: LI.name };
    await openPalette('/live', world);
    expect(recents()).toEqual([]);
  });

  test('one whose card is gone is left out', async () => {
    localStorage.setItem(
      `countersign.recent.${ANNA.id}`,
      JSON.stringify(['card:00000003-0000-4000-8000-999999999999', 'page:/timecards', 7]),
    );
    await openPalette();
    await expect.poll(recents).toEqual(['Timecards']);
    await expectAccessible();
  });
});

describe('when the server is down', () => {
  test('what it would have to be asked for says so, the rest works', async () => {
    const world = afternoon();
    const { address } = await openPalette('/live', world);
    world.refusals.set('timecards.list', { code: 'OFFLINE', message: '' });
    await field().fill('li');
    await expect.element(page.getByText('Timecards can’t be sought now: The server can’t be reached.')).toBeVisible();
    await expectAccessible();
    await page.viewport(1280, 800);
    await userEvent.keyboard('ve');
    await userEvent.keyboard('{Home}{Enter}');
    await expect.poll(address).toBe('/live');
  });

  test('without people and without the words of the log there are pages, times and commands', async () => {
    const world = afternoon();
    for (const path of ['people.list', 'sites.list', 'audit.vocabulary'])
      world.refusals.set(path, { code: 'FORBIDDEN', message: 'You may not see this' });
    const { address } = await openPalette('/live', world);
    await field().fill('t');
    await expect.element(page.getByText('The people could not be read.')).toBeVisible();
    await expect.element(option('Timecards')).toBeVisible();
    await expectAccessible();
    await option('Timecards').click();
    await expect.poll(address).toBe('/timecards');
  });
});
