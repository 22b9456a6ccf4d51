import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const FAILED = { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side', requestId: '7f3a91c2' };
const turnOff = () => page.getByRole('button', { name: 'Turn off “In-house staff see the whole log”' });

describe('AC-3: who may see and do what', () => {
  test('is a table of all roles where there is room, and of one role at a time where there is not', async () => {
    await page.viewport(1280, 800);
    await open('/admin/rights', new World());
    const decide = page.getByRole('row', { name: /Approve and reject/ });
    await expect.element(decide).toBeVisible();
    // Admin, manager, in-house, supervisor, coordinator, as the rule has it.
    await expect.poll(() => decide.element().textContent).toMatch(/Not ownNot ownNot ownEntrusted–No–No–No–No–No–No$/);
    await expectAccessible();
    await page.viewport(360, 740);
    await expect.element(page.getByLabelText('Role')).toHaveValue('supervisor');
    await expect.element(page.getByText('Own, entrusted').first()).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.getByLabelText('Role').selectOptions('worker');
    await expect.element(page.getByText('Own, entrusted').first()).not.toBeInTheDocument();
    await expectAccessible();
    await page.viewport(1280, 800);
  });

  test('a setting is turned with a reason; what is refused stays open with what was typed', async () => {
    const world = new World();
    await open('/admin/rights', world);
    await turnOff().click();
    const dialog = page.getByRole('dialog');
    await expect.element(dialog.getByText('In-house staff will see only what they did themselves', { exact: false })).toBeVisible();
    await dialog.getByLabelText('Reason').fill('W');
    await dialog.getByRole('button', { name: 'Turn it off' }).click();
    await expect.element(dialog.getByText('Say why, in three letters or more.')).toBeVisible();
    await expectAccessible();
    await dialog.getByLabelText('Reason').fill('Works council');
    await dialog.getByRole('button', { name: 'Turn it off' }).click();
    await expect.element(page.getByRole('button', { name: 'Turn on “In-house staff see the whole log”' })).toBeVisible();
    await expect.element(page.getByText('Changed. Every other admin is told.')).toBeVisible();
    expect(world.commands.at(-1)).toMatchObject({
      path: 'rights.change',
      input: { name: 'inHouseSeesEverything', value: false, version: null, reason: 'Works council' },
    });
  });

  test('after somebody else changed it the next try goes by what stands, with what was typed', async () => {
    const world = new World();
    await open('/admin/rights', world);
    await turnOff().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabelText('Reason').fill('Works council');
    world.refusals.set('rights.change', { code: 'CONFLICT', message: 'This setting was changed since you read it.' });
    world.rights = { ...world.rights, settings: world.rights.settings.map((one) => ({ ...one, version: 3 })) };
    await dialog.getByRole('button', { name: 'Turn it off' }).click();
    await expect.element(dialog.getByText('This setting was changed since you read it.')).toBeVisible();
    world.refusals.clear();
    await dialog.getByRole('button', { name: 'Turn it off' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(world.commands.at(-1)?.input).toMatchObject({ version: 3, reason: 'Works council' });
  });

  test('failing, and for others than admins: said in words', async () => {
    const world = new World();
    world.refusals.set('rights.get', FAILED);
    await open('/admin/rights', world);
    await expect.element(page.getByText('7f3a91c2', { exact: false })).toBeVisible();
    await expectAccessible();
    world.user = { ...(world.user as NonNullable<typeof world.user>), role: 'manager' };
    await open('/admin/rights', world);
    await expect.element(page.getByText('Admins look after this')).toBeVisible();
    await expectAccessible();
  });
});
