import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { uuid } from '../fake/random.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const button = (name: string) => page.getByRole('button', { name, exact: true });
const banner = () => page.getByRole('complementary', { name: 'As somebody else' });
const LI = uuid(1, 4);

test('AC-7: an admin sees the system as somebody else, with a reason; every page says so, until they stop', async () => {
  const { address } = await open(`/admin/users/${LI}`, new World());
  await button('See Countersign as Li Wei').click();
  const dialog = page.getByRole('dialog');
  await button('See it').click();
  await expect.element(dialog.getByLabelText('Reason')).toHaveAccessibleDescription(/Say why/);
  await dialog.getByLabelText('Reason').fill('A question about their week');
  await button('See it').click();
  await expect.poll(address).toBe('/timecards');
  await expect.element(banner()).toMatchTextContent(/You see Countersign as Li Wei\. Nothing can be changed\./);
  await expect.element(page.getByRole('link', { name: 'Users' })).not.toBeInTheDocument();
  await expectAccessible();
  await expect.poll(() => document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  await page.viewport(1280, 800);
  await page.getByRole('link', { name: 'Live' }).click();
  await expect.element(banner()).toBeVisible();
  await button('Stop').click();
  await expect.poll(address).toBe(`/admin/users/${LI}`);
  await expect.element(banner()).not.toBeInTheDocument();
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
  await open('/timecards/new', world);
  await expect.element(button('Save as a draft')).toHaveAccessibleDescription(/: nothing can be changed$/);
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
