import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { LINKED } from '../fake/account.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

describe('AC-5: how one signs in', () => {
  test('the password is changed by whoever knows it; what is wrong stands at its field', async () => {
    await open('/settings/security', new World());
    const [current, fresh] = [page.getByLabelText('Present password'), page.getByLabelText('New password')];
    await current.fill('wrong');
    await fresh.fill('seven summers by the lake');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect.element(page.getByText('The present password is wrong.')).toBeVisible();
    await expectAccessible();
    await current.fill('demo');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect.element(page.getByText('Your password is changed. One other session ended. 2 tokens ended.')).toBeVisible();
    await expect.element(current).toHaveValue('');
    await expect.element(page.getByText('Safari on iPhone')).not.toBeInTheDocument();
  });

  test('a session elsewhere is ended by itself', async () => {
    await open('/settings/security', new World());
    await expect.element(page.getByText('Firefox on Linux')).toBeVisible();
    await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click();
    await expect.element(page.getByText('Signed out: Safari on iPhone')).toBeVisible();
    await expect.element(page.getByRole('list', { name: 'Your sessions' }).getByText('Safari on iPhone')).not.toBeInTheDocument();
  });

  test('AC-5: where the push service can’t be reached one signs out all the same, and this browser shows nothing any more', async () => {
    const unregister = vi.fn(async () => true);
    const unsubscribe = () => Promise.reject(new DOMException('no push service', 'NetworkError'));
    const worker = { unregister, pushManager: { getSubscription: async () => ({ unsubscribe }) } };
    vi.spyOn(navigator.serviceWorker, 'getRegistration').mockResolvedValue(worker as unknown as ServiceWorkerRegistration);
    onTestFinished(() => void vi.restoreAllMocks());
    const { address } = await open('/settings/security', new World());
    await page.getByRole('button', { name: 'Sign out everywhere', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere', exact: true }).click();
    await expect.poll(address).toBe('/sign-in');
    expect(unregister).toHaveBeenCalledOnce();
  });

  test('where sessions can’t be read the page says so', async () => {
    const world = new World();
    world.refusals.set('sessions.list', { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side' });
    await open('/settings/security', world);
    await expect.element(page.getByRole('heading', { name: 'The server can’t be reached' })).toBeVisible();
  });
});

describe('AC-5: providers', () => {
  test('AC-5: what one is linked to is shown, and unlinked', async () => {
    await open('/settings/security', Object.assign(new World(), { providers: LINKED }));
    const list = page.getByRole('list', { name: 'Your providers' });
    await expect.element(list.getByText('https://login.northwind.example', { exact: false })).toBeVisible();
    await expectAccessible();
    await page.getByRole('button', { name: 'Unlink Northwind' }).click();
    await expect.element(page.getByText('You no longer sign in by Northwind')).toBeVisible();
    await expect.element(list).not.toBeInTheDocument();
  });

  test('AC-5: the last way to sign in stays, and the button says why; there is no password to change', async () => {
    await open(
      '/settings/security',
      Object.assign(new World(), {
        providers: { has_password: false, links: LINKED.links.map((link) => ({ ...link, only_way_in: true })) },
      }),
    );
    await expect.element(page.getByRole('button', { name: 'Unlink Northwind' })).toHaveAttribute('aria-disabled', 'true');
    await expect.element(page.getByLabelText('Present password')).not.toBeInTheDocument();
  });
});

describe('AC-5: a forgotten password', () => {
  const signedOut = () => Object.assign(new World(), { user: null });

  test('from the sign-in one asks for a link; what is said is the same for every address', async () => {
    await open('/sign-in', signedOut());
    await page.getByRole('link', { name: 'Forgotten?' }).click();
    await page.getByLabelText('Mail address').fill('nobody@example.com');
    await expect.element(page.getByRole('heading', { name: 'Forgotten your password?' })).toBeVisible();
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect.element(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible();
    await expectAccessible();
  });

  test('the link opens a form; one that is over says so, and leads to another', async () => {
    await open('/reset-password#open', signedOut());
    await page.getByLabelText('New password').fill('short');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect.element(page.getByText('A password has at least 12 characters.')).toBeVisible();
    await page.getByLabelText('New password').fill('seven summers by the lake');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect.element(page.getByRole('heading', { name: 'Your password is set' })).toBeVisible();
    await open('/reset-password#over', signedOut());
    await page.getByLabelText('New password').fill('seven summers by the lake');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect.element(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'Ask for another link' })).toBeVisible();
  });
});
