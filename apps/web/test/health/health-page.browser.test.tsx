import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { UNWELL } from '../fake/health.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const protections = () => page.getByRole('list', { name: 'Protections' });

describe('AUD-12: the health of the log', () => {
  test('says of every protection whether it holds, and that nobody has tried to alter the log', async () => {
    await open('/admin/health', new World());
    await expect.element(page.getByRole('heading', { name: 'Every protection holds' })).toBeVisible();
    await expect.poll(() => protections().getByText('Holds', { exact: true }).elements().length).toBe(9);
    await expect.element(page.getByText(/Nobody has tried/)).toBeVisible();
  });

  test('names what doesn’t hold, and who tried to alter the log, each with its entry', async () => {
    const { address } = await open('/admin/health', Object.assign(new World(), { health: UNWELL }));
    await expect.element(page.getByRole('heading', { name: '2 of 9 protections do not hold' })).toBeVisible();
    await expect.poll(() => protections().getByText('Doesn’t hold').elements().length).toBe(2);
    await expect.element(page.getByText(/12 were refused; these are the latest 2/)).toBeVisible();
    await expect.element(page.getByText('by the database role postgres, with a program that gave no name')).toBeVisible();
    await page.getByRole('link', { name: 'truncate on audit_rollup' }).click();
    await expect.poll(address).toBe('/live/e/12');
  });

  test('is offered to administrators alone', async () => {
    await open('/timecards', new World());
    await page.getByRole('button', { name: /Anna Berg/ }).click();
    await expect.element(page.getByRole('link', { name: 'Health of the log' })).toBeVisible();
    const world = new World();
    world.user = { ...(world.user as NonNullable<typeof world.user>), role: 'manager' };
    await open('/timecards', world);
    await page.getByRole('button', { name: /Anna Berg/ }).click();
    await expect.element(page.getByRole('link', { name: 'Notification preferences' })).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'Health of the log' })).not.toBeInTheDocument();
    await open('/admin/health', world);
    await expect.element(page.getByText('Admins look after this')).toBeVisible();
    expect(world.asked.filter(({ path }) => path === 'health.get')).toEqual([]);
  });
});
