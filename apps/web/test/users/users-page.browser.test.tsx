import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { makeUser } from '../fake/users.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const FAILED = { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side', requestId: '7f3a91c2' };
const table = () => page.getByRole('table', { name: 'Users' });
const row = (name: string) => table().getByRole('row', { name: new RegExp(name) });

describe('AC-9: the list of users', () => {
  test('is searched, narrowed and paged, and what it shows stands in the address', async () => {
    const world = new World();
    world.users.list = [...world.users.list, ...Array.from({ length: 2_000 }, (_, n) => makeUser(1_000 + n))];
    const { address } = await open('/admin/users', world);
    await expect.element(row('Amara Okafor')).toBeVisible();
    await expect.element(page.getByText('1–50 of 2,014')).toBeVisible();
    await expectAccessible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(1280, 800);
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(address).toBe('/admin/users?page=2');
    await userEvent.keyboard('/');
    await userEvent.keyboard('lund');
    await expect.poll(address).toBe('/admin/users?find=lund');
    await expect.element(row('Ann Lund')).toMatchTextContent(/Invited/);
    await expect.element(row('Amara Okafor')).not.toBeInTheDocument();
    await open('/admin/users?state=disabled', world);
    await expect.element(row('Kofi Mensah')).toMatchTextContent(/Disabled/);
    await expect.element(page.getByText('1–1 of 1')).toBeVisible();
  });

  test('nobody found, and a page that there isn’t, lead back', async () => {
    const { address } = await open('/admin/users?find=nobody%20at%20all', new World());
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect.poll(address).toBe('/admin/users');
    await expect.element(row('Amara Okafor')).toBeVisible();
    const far = await open('/admin/users?page=40');
    await page.getByRole('button', { name: 'To the first page' }).click();
    await expect.poll(far.address).toBe('/admin/users');
  });

  test('somebody is invited by the keyboard alone; what is refused stands at its field, and their page opens', async () => {
    const world = new World();
    const { address } = await open('/admin/users', world);
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await expect.element(dialog.getByLabelText('First name')).toHaveFocus();
    await userEvent.keyboard('Rosa{Tab}Maier{Tab}ann.lund@example.com{Enter}');
    await expect
      .element(dialog.getByLabelText('Mail address'))
      .toHaveAccessibleDescription('Somebody with this mail address exists already.');
    await expectAccessible();
    await page.viewport(1280, 800);
    await dialog.getByLabelText('Mail address').fill('rosa@example.com');
    await dialog.getByLabelText('Role').selectOptions('supervisor');
    await dialog.getByLabelText('Level').selectOptions('3');
    await dialog.getByLabelText('Mail address').click();
    await userEvent.keyboard('{Enter}');
    await expect.poll(address).toMatch(/^\/admin\/users\/[0-9a-f-]{36}$/);
    await expect.element(page.getByRole('heading', { name: 'Rosa Maier' })).toBeVisible();
    expect(world.asked.findLast(({ path }) => path === 'users.invite')?.input).toMatchObject({
      firstName: 'Rosa',
      role: 'supervisor',
      level: 3,
      timeZone: 'Europe/Berlin',
    });
  });

  test('failing, and for others than admins: said in words', async () => {
    const world = new World();
    world.refusals.set('users.list', FAILED);
    await open('/admin/users', world);
    await expect.element(page.getByText('7f3a91c2', { exact: false })).toBeVisible();
    await expectAccessible();
    world.user = { ...(world.user as NonNullable<typeof world.user>), role: 'manager' };
    await open('/admin/users', world);
    await expect.element(page.getByText('Admins look after users')).toBeVisible();
  });
});
