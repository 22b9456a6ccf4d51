import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { current } from '../fake/current.ts';
import { uuid } from '../fake/random.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const button = (name: string) => page.getByRole('button', { name });
const offered = () => page.getByRole('list', { name: 'Offered reasons' });
const sent = (path: string) => current().asked.filter((one) => one.path === path);

async function withReasons(...labels: string[]) {
  const world = new World();
  world.reasons = labels.map((label, n) => ({ id: uuid(9, n + 1), version: 1, label, offeredFor: ['admin_edit' as const], active: true }));
  await open('/settings/reasons', world);
  await expect.element(offered()).toBeVisible();
}

test('TC-10: an admin adds a reason; what is refused stands at its field, and nothing typed is lost', async () => {
  await withReasons('Gate log');
  await button('Add a reason').click();
  const name = page.getByRole('textbox', { name: 'Reason' });
  await expect.element(name).toHaveFocus();
  await name.fill('No');
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await expect.element(name).toHaveAccessibleDescription(/three letters or more/);
  await expect.element(name).toHaveValue('No');
  await name.fill('No badge');
  await page.getByRole('checkbox', { name: 'Rejecting a timecard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await expect.element(offered()).toMatchTextContent(/Gate log.*No badge.*Editing somebody else’s timecard · Rejecting a timecard/s);
  expect(sent('reasons.create').at(-1)?.input).toEqual({ label: 'No badge', offeredFor: ['admin_edit', 'rejection'] });
});

test('TC-10: the order is changed by keyboard too; the ends say why they go no further', async () => {
  await withReasons('Gate log', 'Call sheet');
  await expect.element(button('Move “Gate log” up')).toHaveAttribute('title', 'It stands first already');
  (button('Move “Call sheet” up').element() as HTMLElement).focus();
  await page.getByRole('button', { name: 'Move “Call sheet” up' }).click();
  await expect.element(offered()).toMatchTextContent(/^Call sheet.*Gate log/s);
});

test('TC-10: a reason is retired and restored, and says that what it was given for keeps it', async () => {
  await withReasons('Gate log', 'Call sheet');
  await button('Retire “Gate log”').click();
  const retired = page.getByRole('list', { name: 'Retired reasons' });
  await expect.element(retired).toMatchTextContent(/^Gate log/);
  await expect.element(page.getByText('What they were given for keeps them.', { exact: false })).toBeVisible();
  await button('Restore “Gate log”').click();
  await expect.element(offered()).toMatchTextContent(/Gate log/);
});
