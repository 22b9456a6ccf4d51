import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { TokenInput, TokenList } from '../../src/api/views.ts';
import { expectAccessible } from '../axe.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const SCOPES = [
  { key: 'logRead', group: 'The log', label: 'See events' },
  { key: 'timecardRead', group: 'Timecards', label: 'See timecards' },
];
const SECRET = `countersign_pat_${'x'.repeat(43)}`;

/** A world in which tokens are made and revoked. */
function withTokens(tokens: TokenList['tokens'] = []): World {
  const world = new World();
  let list = tokens;
  world.answers.set('tokens.list', () => ({ tokens: list, scopes: SCOPES }));
  world.answers.set('tokens.create', ({ name, scopes }: TokenInput) => {
    const made = { ...PAYROLL, id: crypto.randomUUID(), name, scopes: [...scopes], lastUsedAt: null };
    list = [made, ...list];
    return { ...made, token: SECRET };
  });
  world.answers.set('tokens.revoke', ({ id }: { id: string }) => {
    list = list.filter((one) => one.id !== id);
    return {};
  });
  return world;
}

const PAYROLL: TokenList['tokens'][number] = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'Payroll',
  ending: 'a8Zq',
  scopes: ['timecardRead'],
  createdAt: '2026-11-01T08:00:00.000Z',
  expiresAt: '2027-01-30T08:00:00.000Z',
  expired: false,
  lastUsedAt: '2026-11-04T09:30:00.000Z',
};

describe('AC-5: tokens for programs', () => {
  test('the first one is made for a purpose, shown once, and then listed', async () => {
    const world = withTokens();
    await open('/settings/tokens', world);
    await expect.element(page.getByRole('heading', { name: 'You have no tokens' })).toBeVisible();
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabelText('What is it for?').fill('Reports');
    world.refusals.set('tokens.create', {
      code: 'VALIDATION_ERROR',
      message: 'The input is not valid',
      fields: [{ field: 'scopes', message: 'Choose what it may do.' }],
    });
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    await expect.element(dialog.getByText('Choose what it may do.')).toBeVisible();
    await expectAccessible();
    world.refusals.clear();
    await dialog.getByLabelText('See events').click();
    await dialog.getByLabelText('Ends after').selectOptions('90 days');
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    await expect.element(dialog.getByLabelText('Token')).toHaveTextContent(SECRET);
    expect(world.asked.findLast(({ path }) => path === 'tokens.create')?.input).toEqual({ name: 'Reports', scopes: ['logRead'], days: 90 });
    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    await expect.element(page.getByRole('listitem').filter({ hasText: 'Reports' })).toBeVisible();
    expect(document.body.textContent).not.toContain(SECRET);
  });

  test('one is revoked after a question; an expired one says so', async () => {
    const world = withTokens([PAYROLL, { ...PAYROLL, id: crypto.randomUUID(), name: 'Old', expired: true, lastUsedAt: null }]);
    await open('/settings/tokens', world);
    const row = page.getByRole('listitem').filter({ hasText: 'Payroll' });
    await expect.element(row.getByText('See timecards')).toBeVisible();
    await expect.element(page.getByRole('listitem').filter({ hasText: 'Old' }).getByText('Expired', { exact: true })).toBeVisible();
    await expectAccessible();
    await page.getByRole('button', { name: 'Revoke “Payroll”' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await expect.element(page.getByText('Revoked “Payroll”')).toBeVisible();
    await expect.element(row).not.toBeInTheDocument();
  });

  test('where they can’t be read the page says so', async () => {
    const world = withTokens([PAYROLL]);
    world.refusals.set('tokens.list', { code: 'FORBIDDEN', message: 'Your role may not do this' });
    await open('/settings/tokens', world);
    await expect.element(page.getByRole('heading', { name: 'Your role may not do this' })).toBeVisible();
  });
});
