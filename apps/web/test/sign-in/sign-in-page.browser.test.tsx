import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { current } from '../fake/current.ts';
import { afternoon, DEMO } from '../fake/scenes.ts';
import type { World } from '../fake/world.ts';
import { open } from '../open.tsx';

function signedOut(): World {
  const world = afternoon();
  world.user = null;
  return world;
}

const mail = () => page.getByLabelText('Mail address');
const password = () => page.getByLabelText('Password');
const enter = () => page.getByRole('button', { name: 'Sign in' });

describe('AC-5: signing in by a provider', () => {
  const withProvider = (more: Partial<World> = {}) => Object.assign(signedOut(), { provider: { name: 'Northwind' }, ...more });
  const way = () => page.getByRole('link', { name: 'Continue with Northwind' });

  test('AC-5: the way there stands above the form, and takes along where one wanted to go', async () => {
    await open('/timecards', withProvider());
    await expect.element(way()).toHaveAttribute('href', '/api/auth/oidc/start?to=%2Ftimecards');
    await expect.element(mail()).toBeVisible();
    await expectAccessible();
  });

  test('AC-5: without passwords there is no form, and no accounts of a demonstration', async () => {
    await open('/sign-in', withProvider({ passwords: false, demo: DEMO }));
    await expect.element(way()).toBeVisible();
    await expect.element(mail()).not.toBeInTheDocument();
    await expect.element(page.getByText('This is a demonstration')).not.toBeInTheDocument();
  });

  test.each([
    ['unreachable', 'Northwind can’t be reached', 'sign in with your password'],
    ['cancelled', 'You are not signed in', 'cancelled at Northwind'],
    ['refused', 'Northwind did not confirm who you are', 'tell an admin'],
    ['expired', 'That attempt is over', 'Try again'],
    ['unknown', 'No account here goes with that one', 'verified at Northwind'],
    ['disabled', 'This account is disabled', 'Ask an admin'],
    ['busy', 'Too many attempts', 'Wait some minutes'],
  ])('AC-5: it says what happened: %s', async (failure, title, advice) => {
    await open(`/sign-in?provider=${failure}&to=/live`, withProvider());
    const alert = page.getByRole('alert');
    await expect.element(alert).toHaveFocus();
    expect(alert.element().textContent).toContain(title);
    expect(alert.element().textContent).toContain(advice);
    await expect.element(way()).toHaveAttribute('href', '/api/auth/oidc/start?to=%2Flive');
  });

  test('AC-5: what nobody knows is said of nothing', async () => {
    await open('/sign-in?provider=<b>made up</b>', withProvider());
    await expect.element(way()).toBeVisible();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  });
});

describe('AC-5: signing in', () => {
  test('whoever is not signed in is asked to, and gets where they wanted to go', async () => {
    const { address } = await open('/timecards?status=draft', signedOut());
    await expect.poll(address).toBe('/sign-in?to=/timecards?status=draft');
    await mail().fill('anna@example.com');
    await password().fill('demo');
    await enter().click();
    await expect.poll(address).toBe('/timecards?status=draft');
  });

  test('a wrong password is told clearly, and the mail address stays', async () => {
    await open('/sign-in', signedOut());
    await mail().fill('anna@example.com');
    await password().fill('wrong');
    await enter().click();
    await expect.element(page.getByRole('alert')).toMatchTextContent(/Mail address and password don’t belong together/);
    await expect.element(page.getByRole('alert')).toHaveFocus();
    await expect.element(mail()).toHaveValue('anna@example.com');
  });

  test('an empty form says what is missing, at the field', async () => {
    await open('/sign-in', signedOut());
    await enter().click();
    await expect.element(mail()).toHaveAccessibleDescription('Give your mail address.');
    await expect.element(mail()).toHaveFocus();
    await expect.element(password()).toHaveAttribute('aria-invalid', 'true');
  });

  test('a demonstration offers its accounts; a worker begins with their timecards', async () => {
    const world = signedOut();
    world.demo = DEMO;
    const { address } = await open('/', world);
    await page.getByRole('button', { name: /Li Wei/ }).click();
    await expect.poll(address).toBe('/timecards');
    expect(current().user?.role).toBe('worker');
  });

  test('an address of another site is never gone to', async () => {
    const { address } = await open('/sign-in?to=//elsewhere.example/x', signedOut());
    await mail().fill('anna@example.com');
    await password().fill('demo');
    await enter().click();
    await expect.poll(address).toBe('/live');
  });

  test('signing out leads back, and leaves nothing of what was seen', async () => {
    const { address } = await open('/live', afternoon());
    await expect.element(page.getByRole('article').first()).toBeVisible();
    await page.getByRole('button', { name: /Anna Berg/ }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await expect.poll(address).toBe('/sign-in');
    await expect.element(enter()).toBeVisible();
  });

  test('AC-5: signing out everywhere leads back too', async () => {
    const { address } = await open('/live', afternoon());
    await page.getByRole('button', { name: /Anna Berg/ }).click();
    await page.getByRole('link', { name: 'Signing in' }).click();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect.element(page.getByRole('dialog').getByText('and in one other place', { exact: false })).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect.poll(address).toBe('/sign-in');
  });

  test('AC-5: who signs out everywhere from a session that had ended already isn’t told to be still signed in', async () => {
    const world = afternoon();
    const { address } = await open('/settings/security', world);
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect.element(page.getByRole('dialog')).toBeVisible();
    world.user = null;
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect.poll(address).toBe('/sign-in');
    await expect.element(page.getByText('You are still signed in', { exact: false })).not.toBeInTheDocument();
  });

  test('a session that ended behind the page’s back leads to the sign-in, and back', async () => {
    const world = afternoon();
    const { address, history } = await open('/live', world);
    await expect.element(page.getByRole('article').first()).toBeVisible();
    world.user = null;
    world.refusals.set('timecards.list', { code: 'UNAUTHORIZED', message: 'Sign in first' });
    history.push('/timecards');
    await expect.poll(address).toBe('/sign-in?to=/timecards');
  });
});
