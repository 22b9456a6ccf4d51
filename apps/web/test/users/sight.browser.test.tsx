import { expect, onTestFinished, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { checkSession } from '../../src/api/queries.ts';
import { expectAccessible } from '../axe.ts';
import { NOTICES } from '../fake/notices.ts';
import { uuid } from '../fake/random.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const button = (name: string) => page.getByRole('button', { name, exact: true });
const banner = () => page.getByRole('complementary', { name: 'As somebody else' });
const LI = uuid(1, 4);

/** What waits for so many milliseconds waits until the test says so. */
function heldBack(least: number, most: number): (() => void)[] {
  const wait = globalThis.setTimeout;
  const held: (() => void)[] = [];
  const timers = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((act: () => void, ms = 0, ...rest: unknown[]) =>
      ms < least || ms > most ? wait(act, ms, ...rest) : -held.push(act)) as typeof setTimeout);
  onTestFinished(() => timers.mockRestore());
  return held;
}

test('AC-7: an admin sees the system as somebody else, with a reason; every page says so, until they stop', async () => {
  const { address } = await open(`/admin/users/${LI}`, new World());
  await button('See Countersign as Li Wei').click();
  const dialog = page.getByRole('dialog');
  await button('See it').click();
  await expect.element(dialog.getByLabelText('Reason')).toHaveAccessibleDescription(/Say why/);
  await dialog.getByLabelText('Reason').fill('A question about their week');
  await button('See it').click();
  await expect.poll(address).toBe('/timecards');
  await expect.element(banner()).toMatchTextContent(/You see Countersign as Li Wei\. Nothing can be changed\. 30 minutes are left\./);
  await expect.element(page.getByRole('link', { name: 'Users' })).not.toBeInTheDocument();
  await expectAccessible();
  await expect.poll(() => document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  await page.viewport(1280, 800);
  await page.getByRole('link', { name: 'Live' }).click();
  await expect.element(banner()).toBeVisible();
  await button('Stop').click();
  await expect.poll(address).toBe(`/admin/users/${LI}`);
  await expect.element(banner()).not.toBeInTheDocument();
  await expect.element(page.getByText('You see Countersign as yourself again')).toBeVisible();
});

test('AC-7: what an admin’s own eyes and somebody else’s see differs: that isn’t told as a change of what they may see', async () => {
  await open(`/admin/users/${LI}`, new World());
  let told = false;
  const watching = new MutationObserver(() => (told ||= document.body.innerText.includes('What you may see has changed')));
  watching.observe(document.body, { subtree: true, childList: true });
  await button('See Countersign as Li Wei').click();
  await page.getByRole('dialog').getByLabelText('Reason').fill('A question about their week');
  await button('See it').click();
  await expect.element(banner()).toBeVisible();
  await button('Stop').click();
  await expect.element(page.getByText('You see Countersign as yourself again')).toBeVisible();
  watching.disconnect();
  expect(told).toBe(false);
});

test('AC-7: when its time is over the page is the admin’s own again, and says so', async () => {
  const world = new World();
  // The half minute that is left is over when the test says so, and not before a busy machine has shown it.
  const over = heldBack(10_000, 30_500);
  world.sight = { by: { id: uuid(1, 1), name: 'Anna Berg' }, until: new Date(Date.now() + 30_000).toISOString(), writes: false };
  const anna = world.user;
  world.user = { ...(anna as NonNullable<typeof anna>), id: LI, name: 'Li Wei', role: 'worker' };
  await open('/timecards', world);
  await expect.element(banner()).toMatchTextContent(/Less than a minute is left/);
  Object.assign(world, { user: anna, sight: null });
  for (const act of over) act();
  await expect.element(banner()).not.toBeInTheDocument();
  await expect.element(page.getByRole('link', { name: 'Users' })).toBeInTheDocument();
  await expect.element(page.getByText('You see Countersign as yourself again')).toBeVisible();
});

test('AC-7: who is signed in is asked one after the other and never given up: an answer may bring the session’s other token', async () => {
  await open('/timecards', new World());
  await expect.element(page.getByRole('heading', { name: 'Timecards' })).toBeVisible();
  const send = globalThis.fetch;
  const asked = { open: 0, atOnce: 0, answered: 0, left: 0 };
  globalThis.fetch = async (...request) => {
    if (request[0] !== '/api/session') return send(...request);
    asked.atOnce = Math.max(asked.atOnce, ++asked.open);
    request[1]?.signal?.addEventListener('abort', () => asked.left++);
    const answer = await send(...request);
    asked.open--;
    asked.answered++;
    return answer;
  };
  onTestFinished(() => void (globalThis.fetch = send));
  // How long one waits for the one before: for ever, however late an answer is here.
  heldBack(3_000, 3_000);
  for (let round = 0; round < 3; round++) checkSession();
  await expect.poll(() => asked.answered).toBeGreaterThanOrEqual(3);
  expect(asked).toMatchObject({ atOnce: 1, left: 0 });
});

test('AC-7: what can’t be changed meanwhile stays in its place, and says why to whoever reaches it', async () => {
  const world = new World();
  world.sight = { by: { id: uuid(1, 2), name: 'Omar Khan' }, until: new Date(Date.now() + 1_800_000).toISOString(), writes: false };
  await open('/settings/security', world);
  const leave = button('Sign out everywhere');
  await expect.element(leave).toHaveAttribute('aria-disabled', 'true');
  await expect.element(leave).toHaveAccessibleDescription(/^You see this as .*: nobody but them does that$/);
  await leave.click({ force: true });
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  await open('/notifications/preferences', world);
  const rejections = page.getByRole('checkbox', { name: 'Rejections' });
  await expect.element(rejections).toHaveAccessibleDescription(/: nothing can be changed$/);
  await rejections.click({ force: true });
  await open('/notifications', Object.assign(world, { notices: NOTICES }));
  const dot = page.getByRole('button', { name: /^Mark as read/ }).first();
  await expect.element(dot).toHaveAttribute('aria-disabled', 'true');
  await dot.click({ force: true });
  await page.getByRole('link', { name: 'Your hours were changed: 4 Nov 2026' }).click();
  await open('/timecards/new', world);
  await expect.element(button('Save as a draft')).toHaveAccessibleDescription(/: nothing can be changed$/);
  expect(world.asked.filter(({ path }) => /notifications\.(read|set)/.test(path))).toEqual([]);
});

test('AC-7: nobody is offered to see it as another admin', async () => {
  const world = new World();
  world.users.change(LI, { role: 'admin' });
  await open(`/admin/users/${LI}`, world);
  await expect.element(button('See Countersign as Li Wei')).toHaveAccessibleDescription('Nobody looks at it as another admin');
});

test.each([
  [false, 'Nothing can be changed.'],
  [true, 'What you change bears both names.'],
])('AC-7: before it begins it is said whether anything can be changed: by the setting %s', async (value, told) => {
  const world = new World();
  const settings = world.rights.settings.map((one) => ({ ...one, name: 'writeAsAnother' as const, value }));
  world.rights = { ...world.rights, settings };
  await open(`/admin/users/${LI}`, world);
  await button('See Countersign as Li Wei').click();
  const dialog = page.getByRole('dialog');
  await expect.element(dialog.getByText(told, { exact: false })).toBeVisible();
  await expect.element(dialog.getByText(/recorded with both names/)).toBeVisible();
});

test('AC-7: where the setting lets them write, the banner says whose names it bears', async () => {
  const world = new World();
  world.sight = { by: { id: uuid(1, 2), name: 'Omar Khan' }, until: new Date(Date.now() + 1_800_000).toISOString(), writes: true };
  await open('/timecards', world);
  await expect.element(banner()).toMatchTextContent(/bears both names/);
});
