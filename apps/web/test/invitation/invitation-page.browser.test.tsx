import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

function nobody(): World {
  const world = new World();
  world.user = null;
  return world;
}

describe('AC-5: accepting an invitation', () => {
  test('by a password of one’s own, with the keyboard alone; one that is too short is told at the field', async () => {
    const { address } = await open('/invitation#open', nobody());
    await expect.element(page.getByRole('heading', { name: 'Welcome, Ann Lund' })).toBeVisible();
    await expect.element(page.getByLabelText('Mail address')).toHaveValue('ann@example.com');
    const password = page.getByLabelText('Password');
    await password.click();
    await userEvent.keyboard('short{Enter}');
    await expect.element(password).toHaveAttribute('aria-invalid', 'true');
    await expect.element(password).toHaveAccessibleDescription(/at least 12 characters: a few words/);
    await expectAccessible();
    await password.click();
    await userEvent.keyboard(' words in a row{Enter}');
    await expect.element(page.getByRole('heading', { name: 'Your password is set' })).toBeVisible();
    await expectAccessible();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect.poll(address).toBe('/sign-in');
  });

  test('what is typed can be looked at', async () => {
    await open('/invitation#open', nobody());
    await page.getByLabelText('Show what I type').click();
    await expect.element(page.getByLabelText('Password')).toHaveAttribute('type', 'text');
  });

  test('a link that was cut off, one that is over, and a server that can’t be reached are told in words', async () => {
    await open('/invitation', nobody());
    await expect.element(page.getByText('This link isn’t whole')).toBeVisible();
    await open('/invitation#used', nobody());
    await expect.element(page.getByText('This invitation is over')).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
    await expectAccessible();
    const world = nobody();
    world.refusals.set('invitation.get', { code: 'OFFLINE', message: '' });
    await open('/invitation#open', world);
    await expect.element(page.getByText('The server can’t be reached')).toBeVisible();
    world.refusals.clear();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.element(page.getByRole('heading', { name: 'Welcome, Ann Lund' })).toBeVisible();
  });

  test('where somebody else is signed in, they sign out first', async () => {
    const { address } = await open('/invitation#open', new World());
    await page.getByLabelText('Password').fill('a few words in a row');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect.element(page.getByText('Anna Berg is signed in in this browser.', { exact: false })).toBeVisible();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(address).toBe('/sign-in');
  });
});
