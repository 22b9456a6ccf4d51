import { describe, expect, test } from 'vitest';
import { type Locator, page } from 'vitest/browser';
import { browserName } from '../../src/features/notifications/push.ts';
import { current } from '../fake/current.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const saved = () => current().asked.findLast(({ path }) => path === 'notifications.setPreferences')?.input;
const openPreferences = (world = new World()) => open('/notifications/preferences', world);

describe('TC-13: preferences', () => {
  test('TC-13: each kind is turned off and on by itself; changes of one’s own hours can’t be', async () => {
    await openPreferences();
    await page.getByRole('checkbox', { name: 'Rejections' }).click();
    await expect.poll(saved).toEqual({ turnedOff: ['timecard_rejected', 'timecard_approved'] });
    await page.getByRole('checkbox', { name: 'Approvals' }).click();
    await expect.poll(saved).toEqual({ turnedOff: ['timecard_rejected'] });
    const own = page.getByRole('checkbox', { name: 'Changes of your hours' });
    await own.click({ force: true });
    await expect.element(own).toBeChecked();
    await expect.element(own).toHaveAccessibleDescription(/You are told of these in any case/);
    expect(saved()).toEqual({ turnedOff: ['timecard_rejected'] });
  });

  test('TC-13: a choice shows at once, and the next one keeps it, however late the answers come', async () => {
    const world = new World();
    let answer = () => {};
    const waits = new Promise<void>((resolve) => (answer = resolve));
    const first = world.answer.bind(world);
    world.answer = (path, input) => (path === 'notifications.setPreferences' ? waits.then(() => first(path, input)) : first(path, input));
    await openPreferences(world);
    const [rejections, approvals] = ['Rejections', 'Approvals'].map((name) => page.getByRole('checkbox', { name })) as [Locator, Locator];
    await rejections.click();
    await expect.element(rejections).not.toBeChecked();
    await approvals.click();
    await expect.element(approvals).toBeChecked();
    answer();
    await expect.poll(saved).toEqual({ turnedOff: ['timecard_rejected'] });
    await expect.poll(() => world.preferences.kinds.find(({ label }) => label === 'Approvals')?.on).toBe(true);
    await expect.element(rejections).not.toBeChecked();
    await expect.element(approvals).toBeChecked();
  });

  test('R-7: quiet hours are chosen, and turned off', async () => {
    await openPreferences();
    await page.getByLabelText('From').fill('21:30');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(saved).toEqual({ quietFrom: '21:30', quietUntil: '07:00' });
    await page.getByLabelText('Until').fill('21:30');
    await expect.element(page.getByText('Quiet hours begin and end at different times.').first()).toBeVisible();
    await page.getByRole('checkbox', { name: 'Let messages wait' }).click();
    await expect.poll(saved).toEqual({ quiet: false });
    await expect.element(page.getByLabelText('Until')).not.toBeInTheDocument();
  });

  test('what was refused is told, and shown as it stands', async () => {
    const world = new World();
    world.refusals.set('notifications.setPreferences', { code: 'VALIDATION_ERROR', message: 'no', details: 'The clock says no.' });
    await openPreferences(world);
    await page.getByRole('checkbox', { name: 'Rejections' }).click();
    await expect.element(page.getByText('Not saved. The clock says no.')).toBeVisible();
    await expect.element(page.getByRole('checkbox', { name: 'Rejections' })).toBeChecked();
  });

  test('R-7: text messages need a telephone number', async () => {
    await openPreferences();
    const sms = page.getByRole('checkbox', { name: /text message/ });
    await expect.element(sms).toHaveAccessibleDescription(/No telephone number/);
    const world = new World();
    world.preferences = { ...world.preferences, hasPhoneNumber: true };
    await openPreferences(world);
    await sms.click();
    await expect.poll(saved).toEqual({ sms: true });
  });

  test('TC-13: browsers that were allowed are listed, and taken off', async () => {
    await openPreferences();
    await page.getByRole('button', { name: 'Take off Firefox on Android' }).click();
    await expect.element(page.getByText('Firefox on Android')).not.toBeInTheDocument();
  });

  test('TC-13: a server that sends none says so, and no worker is registered before somebody asks', async () => {
    const world = new World();
    world.preferences = { ...world.preferences, pushKey: null };
    await openPreferences(world);
    await expect
      .element(page.getByRole('button', { name: 'Let this browser tell me' }))
      .toHaveAccessibleDescription('This server sends none: its administrator has to set it up.');
    expect(await navigator.serviceWorker.getRegistration('/push-worker.mjs').then((one) => one?.active?.scriptURL)).not.toContain(
      'push-worker',
    );
  });
});

test('a browser is called what people know it by', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36';
  expect(browserName(chrome)).toBe('Chrome on Linux');
  expect(browserName(`${chrome} Edg/153.0`)).toBe('Edge on Linux');
  expect(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1')).toBe('Safari on iPhone');
  expect(browserName('curl/8')).toBe('A browser');
});
