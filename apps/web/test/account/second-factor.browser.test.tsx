import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { CODES } from '../fake/second-factor.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const SET_UP = { set_up_at: '2026-11-03T08:00:00.000Z', codes_left: 2, required: true };

describe('AC-5: the second step of signing in', () => {
  async function firstStep(): Promise<{ address: () => string; world: World }> {
    const world = Object.assign(new World(), { user: null, asksForCode: true });
    const { address } = await open('/sign-in?to=/timecards', world);
    await page.getByLabelText('Mail address').fill('anna@example.com');
    await page.getByLabelText('Password').fill('demo');
    await button('Sign in').click();
    await expect.element(page.getByRole('heading', { name: 'One more step' })).toBeVisible();
    return { address, world };
  }

  test('AC-5: a code that was pasted with a blank leads where one wanted to go; a wrong one is told', async () => {
    const { address } = await firstStep();
    const code = page.getByLabelText('Code');
    await expect.element(code).toHaveAttribute('autocomplete', 'one-time-code');
    await expect.element(code).toHaveFocus();
    await code.fill('654321');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('alert')).toMatchTextContent(/The code is wrong/);
    await expect.element(page.getByRole('alert')).toHaveFocus();
    await expectAccessible();
    await code.fill('123 456');
    await button('Sign in').click();
    await expect.poll(address).toBe('/timecards');
  });

  test('AC-5: a recovery code does as well', async () => {
    const { address } = await firstStep();
    await button('Use a recovery code').click();
    await page.getByLabelText('Recovery code').fill(CODES[0] ?? '');
    await button('Sign in').click();
    await expect.poll(address).toBe('/timecards');
  });

  test('AC-5: what is over leads to the first step and says why; so does beginning again', async () => {
    await firstStep();
    await page.getByLabelText('Code').fill('000000');
    await button('Sign in').click();
    await expect.element(page.getByRole('alert')).toMatchTextContent(/This sign-in is over/);
    await expect.element(page.getByLabelText('Password')).toBeVisible();
    await page.getByLabelText('Mail address').fill('anna@example.com');
    await page.getByLabelText('Password').fill('demo');
    await button('Sign in').click();
    await button('Begin again').click();
    await expect.element(page.getByLabelText('Password')).toBeVisible();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  });
});

describe('AC-5: one’s own second factor', () => {
  test('AC-5: is set up by scanning and confirming; recovery codes are shown once', async () => {
    await open('/settings/security', new World());
    await button('Set it up').click();
    await expect.element(dialog().getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible();
    await expect.element(dialog().getByText('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ')).toBeVisible();
    await dialog().getByLabelText('Code that the app shows').fill('111111');
    await button('Confirm').click();
    await expect.element(dialog().getByText('The code is wrong.')).toBeVisible();
    await expectAccessible();
    await page.viewport(1280, 800);
    await dialog().getByLabelText('Code that the app shows').fill('123456');
    await button('Confirm').click();
    await expect.element(dialog().getByLabelText('Recovery codes')).toMatchTextContent(new RegExp(CODES[9] ?? ''));
    await button('I have kept them').click();
    await expect.element(dialog()).not.toBeInTheDocument();
    await expect.element(page.getByText('10 recovery codes are left.')).toBeVisible();
    expect(document.body.textContent).not.toContain(CODES[0]);
  });

  test('AC-5: some time after signing in it asks for the password, and nothing that was typed is lost', async () => {
    await open('/settings/security', Object.assign(new World(), { signedInAgo: true }));
    await button('Set it up').click();
    await expect.element(dialog().getByLabelText('Your password')).not.toBeInTheDocument();
    await dialog().getByLabelText('Code that the app shows').fill('123456');
    await button('Confirm').click();
    await dialog().getByLabelText('Your password').fill('demo');
    await expect.element(button('Use a code instead')).not.toBeInTheDocument();
    await button('Confirm').click();
    await expect.element(dialog().getByLabelText('Recovery codes')).toBeVisible();
  });

  test('AC-5: new codes ask for the password; a role that needs one keeps it; few codes are pointed out', async () => {
    await open('/settings/security', Object.assign(new World(), { factor: SET_UP }));
    await expect.element(page.getByText('2 recovery codes are left.')).toBeVisible();
    await expect.element(button('Remove')).toHaveAccessibleDescription('Your role needs a second factor');
    await button('New recovery codes').click();
    await dialog().getByLabelText('Your password').fill('wrong');
    await button('Make them').click();
    await expect.element(dialog().getByText('The password is wrong.')).toBeVisible();
    await dialog().getByLabelText('Your password').fill('demo');
    await button('Make them').click();
    await button('I have kept them').click();
    await expect.element(page.getByText('10 recovery codes are left.')).toBeVisible();
  });

  test('AC-5: who signs in by a provider has no password: a code does as well', async () => {
    await open('/settings/security', Object.assign(new World(), { factor: { ...SET_UP, required: false } }));
    await button('Use another app').click();
    await dialog().getByLabelText('Code that the app shows').fill('123456');
    await button('Use a code instead').click();
    await dialog().getByLabelText('Code of your present app, or a recovery code').fill('654321');
    await button('Confirm').click();
    await expect.element(dialog().getByText('The code is wrong.')).toBeVisible();
    await expectAccessible();
    await dialog().getByLabelText('Code of your present app, or a recovery code').fill('123456');
    await button('Confirm').click();
    await button('I have kept them').click();
    await expect.element(page.getByText('10 recovery codes are left.')).toBeVisible();
  });

  test('AC-5: who needs none removes it; what can’t be read says so', async () => {
    const world = Object.assign(new World(), { factor: { ...SET_UP, required: false } });
    await open('/settings/security', world);
    await button('Remove').click();
    await dialog().getByLabelText('Your password').fill('demo');
    await button('Remove it').click();
    await expect.element(page.getByText('You have none', { exact: false })).toBeVisible();
    world.refusals.set('secondFactor.get', { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side' });
    await open('/settings/security', world);
    await expect.element(page.getByRole('region', { name: 'Second factor' }).getByRole('button', { name: 'Try again' })).toBeVisible();
  });

  test('AC-5: whoever needs one is led to set it up, whatever page they open, and then to that page', async () => {
    const { address } = await open('/timecards?status=draft', Object.assign(new World(), { confined: true }));
    await expect.poll(address).toBe('/second-factor?to=/timecards?status=draft');
    await expect.element(page.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible();
    await expectAccessible();
    await page.getByLabelText('Code that the app shows').fill('000000');
    await button('Confirm').click();
    await button('Get another QR code').click();
    await page.getByLabelText('Code that the app shows').fill('123456');
    await button('Confirm').click();
    await button('I have kept them').click();
    await expect.poll(address).toBe('/timecards?status=draft');
  });
});

test('AC-5: an admin resets another’s second factor, with a reason', async () => {
  const world = new World();
  const id = '00000001-0000-4000-8000-000000000002';
  world.users.change(id, { secondFactor: { setUpAt: '2026-11-03T08:00:00.000Z', codesLeft: 7 } });
  await open(`/admin/users/${id}`, world);
  await expect.element(page.getByText('recovery codes left: 7', { exact: false })).toBeVisible();
  await button('Reset second factor').click();
  await dialog().getByLabelText('Reason').fill('Lost the telephone');
  await button('Reset').click();
  await expect.element(dialog()).not.toBeInTheDocument();
  expect(world.asked.findLast(({ path }) => path === 'users.resetSecondFactor')?.input).toMatchObject({ reason: 'Lost the telephone' });
  await expect.element(button('Reset second factor')).not.toBeInTheDocument();
});
