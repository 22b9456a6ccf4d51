import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { queryClient } from '../../src/api/queries.ts';
import { expectAccessible } from '../axe.ts';
import { uuid } from '../fake/random.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const FAILED = { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side', requestId: '7f3a91c2' };
const [ANNA, OMAR, LI, ANN] = [uuid(1, 1), uuid(1, 2), uuid(1, 4), uuid(1, 90)];
const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const asked = (world: World, path: string) => world.asked.findLast((one) => one.path === path)?.input;

async function at(id: string, world = new World()): Promise<World> {
  await open(`/admin/users/${id}`, world);
  await expect.element(page.getByRole('region', { name: 'User' }).getByText('Signing in')).toBeVisible();
  return world;
}

describe('AC-9: one user', () => {
  test('shows what they may do, how they sign in, and their trail; what an earlier role left says that it gives nothing', async () => {
    await at(OMAR);
    const held = page.getByRole('list', { name: 'Responsibilities' });
    await expect.element(held.getByText('Dock 4')).toBeVisible();
    await expect.element(held.getByRole('listitem').filter({ hasText: 'Jon Ek' })).toMatchTextContent(/Gives nothing as supervisor/);
    await expect.element(page.getByRole('region', { name: 'Audit trail' })).toBeVisible();
    await expectAccessible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(1280, 800);
    await page.getByRole('link', { name: 'Li Wei' }).click();
    await expect.element(page.getByRole('list', { name: 'Responsible for this person' }).getByText('Omar Khan')).toBeVisible();
  });

  test('a role is changed with a reason; what somebody else changed meanwhile is told, and the next try goes by what stands', async () => {
    const world = await at(LI);
    await button('Change').click();
    await dialog().getByLabelText('Role').selectOptions('supervisor');
    await dialog().getByLabelText('Reason').fill('W');
    await userEvent.keyboard('{Enter}');
    await expect.element(dialog().getByLabelText('Reason')).toHaveAccessibleDescription(/Say why/);
    await expectAccessible();
    await page.viewport(1280, 800);
    await dialog().getByLabelText('Reason').fill('Passed the course');
    world.refusals.set('users.changeRole', { code: 'CONFLICT', message: 'Somebody else changed this since you read it.' });
    world.users.change(LI, { level: 2 });
    await button('Change').last().click();
    await expect.element(dialog().getByText('Somebody else changed this since you read it.')).toBeVisible();
    world.refusals.clear();
    await expect.element(page.getByText('Worker, level 2')).toBeInTheDocument();
    await button('Change').last().click();
    await expect.element(dialog()).not.toBeInTheDocument();
    expect(asked(world, 'users.changeRole')).toMatchObject({
      role: 'supervisor',
      level: 2,
      version: 3,
      reason: 'Passed the course',
    });
    await expect.element(page.getByText('Nobody and no site.')).toBeVisible();
  });

  test('names and addresses are corrected with a reason; an address that somebody has is refused beside its field', async () => {
    const world = await at(LI);
    await button('Correct name or address').click();
    await expect.element(dialog().getByLabelText('First name')).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.element(button('Correct name or address')).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect.element(dialog().getByLabelText('Last name')).toHaveValue('Wei');
    await dialog().getByLabelText('Last name').fill('Wei-Berg');
    await dialog()
      .getByLabelText('Mail address')
      .fill(world.users.list.find(({ id }) => id === OMAR)?.email ?? '');
    await expect.element(dialog().getByText('signed out everywhere now', { exact: false })).toBeVisible();
    await dialog().getByLabelText('Reason').fill('Married');
    await button('Correct').click();
    await expect.element(dialog().getByLabelText('Mail address')).toHaveAccessibleDescription(/exists already/);
    await expectAccessible();
    await dialog().getByLabelText('Mail address').fill('li.wei-berg@example.com');
    await button('Correct').click();
    await expect.element(dialog()).not.toBeInTheDocument();
    await expect.element(page.getByText('li.wei-berg@example.com').first()).toBeVisible();
    expect(asked(world, 'users.correct')).toMatchObject({ lastName: 'Wei-Berg', reason: 'Married' });
  });

  test('what another admin corrects while the dialog stands open isn’t undone: of what somebody typed nothing else is sent', async () => {
    const world = await at(LI);
    await button('Correct name or address').click();
    await dialog().getByLabelText('Last name').fill('Wei-Berg');
    await dialog().getByLabelText('Reason').fill('Married');
    world.refusals.set('users.correct', { code: 'CONFLICT', message: 'Somebody else changed this since you read it.' });
    world.users.change(LI, { email: 'li.new@example.com' });
    await button('Correct').click();
    await expect.element(dialog().getByText('Somebody else changed this since you read it.')).toBeVisible();
    world.refusals.clear();
    await expect.element(dialog().getByLabelText('Mail address')).toHaveValue('li.new@example.com');
    await button('Correct').click();
    await expect.element(dialog()).not.toBeInTheDocument();
    expect(asked(world, 'users.correct')).toMatchObject({ lastName: 'Wei-Berg', email: 'li.new@example.com', reason: 'Married' });
  });

  test('a person and a site are assigned, found by words; nothing chosen is told', async () => {
    const world = await at(OMAR);
    await button('Person').click();
    await dialog().getByLabelText('Reason').fill('New team');
    await button('Assign').click();
    await expect.element(dialog().getByText('Choose a person.')).toBeVisible();
    await dialog().getByLabelText('Find a person').fill('sara');
    await dialog()
      .getByRole('radio', { name: /Sara Lindqvist/ })
      .click();
    await expectAccessible();
    await page.viewport(1280, 800);
    await button('Assign').click();
    await expect.element(page.getByRole('list', { name: 'Responsibilities' }).getByText('Sara Lindqvist')).toBeVisible();
    await button('Take away “Sara Lindqvist”').click();
    await dialog().getByLabelText('Reason').fill('Only for a day');
    await button('Take away').last().click();
    await expect.element(page.getByRole('list', { name: 'Responsibilities' }).getByText('Sara Lindqvist')).not.toBeInTheDocument();
    await button('Site').click();
    // What is held already isn't offered.
    await expect.element(dialog().getByLabelText('Site')).not.toMatchTextContent(/Dock 4/);
    await dialog().getByLabelText('Site').selectOptions('Harbour Hall');
    await dialog().getByLabelText('Reason').fill('New team');
    await button('Assign').click();
    await expect.element(dialog()).not.toBeInTheDocument();
    expect(asked(world, 'users.assign')).toMatchObject({ kind: 'supervises', site: uuid(2, 2), reason: 'New team' });
  });

  test('somebody is signed out everywhere, disabled and enabled, each with a reason', async () => {
    const world = await at(LI);
    const give = async (reason: string, confirm: string) => {
      await dialog().getByLabelText('Reason').fill(reason);
      await dialog().getByRole('button', { name: confirm, exact: true }).click();
      await expect.element(dialog()).not.toBeInTheDocument();
    };
    await button('Sign out everywhere').click();
    await give('Lost the phone', 'Sign out');
    await expect.element(page.getByText('Nowhere')).toBeVisible();
    await button('Disable').click();
    await give('Contract ended', 'Disable');
    await expect.element(page.getByText('Nobody signs in to it.', { exact: false })).toBeVisible();
    await button('Enable').click();
    await give('Came back', 'Enable');
    await expect.element(button('Disable')).toBeVisible();
    expect(asked(world, 'users.enable')).toMatchObject({ reason: 'Came back' });
  });

  test('AC-5: where nobody signs in by a password, none counts as a way in, and nobody is told to choose one', async () => {
    const world = new World();
    world.passwords = false;
    const link = { id: uuid(8, 1), name: 'login.northwind.example', since: '2026-10-01T08:00:00Z' };
    world.users.change(LI, { passwordSetAt: '2026-09-01T08:00:00Z', providers: [link] });
    await at(LI, world);
    await button('Unlink login.northwind.example').click();
    await expect.element(dialog()).toMatchTextContent(/Their password opens nothing here\. By the same account they can be linked again/);
    await button('Cancel').click();
    world.users.change(LI, { passwordSetAt: null });
    await queryClient.invalidateQueries({ queryKey: ['user'] });
    await button('Unlink login.northwind.example').click();
    await expect.element(dialog()).toMatchTextContent(/no other way to sign in: send them an invitation to be linked again/);
  });

  test('AC-5: whoever signs in by a provider alone has no password to wait for; the link is ended with a reason', async () => {
    const world = new World();
    const link = { id: uuid(8, 1), name: 'login.northwind.example', since: '2026-10-01T08:00:00Z' };
    world.users.change(LI, { passwordSetAt: null, providers: [link] });
    await at(LI, world);
    const signingIn = page.getByRole('region', { name: 'Signing in' });
    await expect.element(signingIn).toMatchTextContent(/None: they sign in by a provider/);
    await expect.element(signingIn).toMatchTextContent(/login\.northwind\.example, since/);
    await expectAccessible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(1280, 800);
    await button('Unlink login.northwind.example').click();
    await expect.element(dialog()).toMatchTextContent(/no other way to sign in: send them an invitation to choose a password/);
    await dialog().getByLabelText('Reason').fill('The account there was taken over');
    await button('Unlink').click();
    await expect.element(dialog()).not.toBeInTheDocument();
    expect(asked(world, 'users.unlinkProvider')).toMatchObject({ link: link.id, reason: 'The account there was taken over' });
    await expect.element(signingIn).toMatchTextContent(/None yet/);
  });

  test('an invitation is sent again, its link taken once, and withdrawn', async () => {
    const world = await at(ANN);
    await button('Send again').click();
    await expect.element(page.getByText('The invitation is on its way')).toBeVisible();
    expect(asked(world, 'users.resendInvitation')).toMatchObject({ id: ANN, version: 1 });
    await button('Take the link').click();
    await expect.element(dialog().getByLabelText('Link')).toHaveValue(`${location.origin}/invitation#a-token`);
    await expectAccessible();
    await page.viewport(1280, 800);
    await button('Done').click();
    await button('Withdraw').click();
    await dialog().getByLabelText('Reason').fill('Took another job');
    await dialog().getByRole('button', { name: 'Withdraw' }).click();
    await expect.element(button('Enable')).toBeVisible();
  });

  test('however long a name is, on a phone nothing of its page is cut off', async () => {
    const world = new World();
    world.users.change(LI, { name: 'Bartholomew-Maximilian Featherstonehaugh-Cholmondeley', state: 'invited', passwordSetAt: null });
    await page.viewport(360, 740);
    await at(LI, world);
    for (const one of document.querySelectorAll('section[aria-label="User"] :is(button, p, dd)'))
      expect(one.getBoundingClientRect().right, one.textContent ?? '').toBeLessThanOrEqual(360);
    await page.viewport(1280, 800);
  });

  test('one’s own account is changed by another admin, and says so', async () => {
    await at(ANNA);
    for (const name of ['Change', 'Disable', 'Sign out everywhere'])
      await expect.element(button(name)).toHaveAccessibleDescription('Another admin changes your own account');
  });

  test('nobody of that id, failing, and for others than admins: said in words, with the way on', async () => {
    const world = new World();
    await open('/admin/users/nonsense', world);
    await expect.element(page.getByText('There is no such user')).toBeVisible();
    await open(`/admin/users/${uuid(1, 999)}`, world);
    await expect.element(page.getByRole('link', { name: 'All users' }).last()).toBeVisible();
    await expectAccessible();
    world.refusals.set('users.get', FAILED);
    await open(`/admin/users/${LI}`, world);
    await expect.element(page.getByText('7f3a91c2', { exact: false })).toBeVisible();
    world.refusals.clear();
    await button('Retry').first().click();
    await expect.element(page.getByRole('heading', { name: 'Li Wei' })).toBeVisible();
    world.user = { ...(world.user as NonNullable<typeof world.user>), role: 'manager' };
    await open(`/admin/users/${LI}`, world);
    await expect.element(page.getByText('Admins look after users')).toBeVisible();
  });
});
