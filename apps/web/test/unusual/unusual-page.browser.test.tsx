import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { queryClient } from '../../src/api/queries.ts';
import { expectAccessible } from '../axe.ts';
import { ALERTS } from '../fake/unusual.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const FAILED = { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side', requestId: '7f3a91c2' };
const world = (alerts = ALERTS): World => {
  const made = new World();
  made.unusual.alerts = alerts;
  return made;
};
/** What was asked last but for reading. */
const lastCommand = ({ asked }: World) => asked.findLast(({ path }) => /explain|setLimits/.test(path));
const alert = (name: string) => page.getByRole('article', { name });

describe('AUD-30: unusual access', () => {
  test('AUD-30: an alert says what was unusual, and shows the events that it rests on', async () => {
    await page.viewport(1280, 800);
    await open('/admin/unusual-access', world());
    const many = alert('Many records: Maria Diaz');
    await expect.element(many.getByText('Read 240 different records within an hour', { exact: false })).toBeVisible();
    await many.getByText('What it rests on: 240 events of the log').click();
    await expect.element(many.getByText('These are the newest 20. The log has them all.')).toBeVisible();
    const row = many.getByRole('link', { name: /^Read the trail of Timecard/ }).first();
    await expect.element(row).toHaveAttribute('href', '/live/e/900');
    await expect.element(page.getByText('3 not explained')).toBeVisible();
    await expect.element(alert('Another area: Jon Ek')).not.toBeInTheDocument();
    await expectAccessible();
    await page.viewport(360, 740);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await expectAccessible();
    await page.viewport(1280, 800);
  });

  test('AUD-30: it is explained with a note; what is refused stays open with what was typed', async () => {
    const made = world();
    await open('/admin/unusual-access?show=all', made);
    await expect.element(alert('Another area: Jon Ek').getByText('Stands in for Red Hook this week', { exact: false })).toBeVisible();
    await alert('Large export: Li Wei').getByRole('button', { name: 'Explain' }).click();
    const dialog = page.getByRole('dialog');
    await expect.element(dialog.getByRole('button', { name: 'Mark as explained' })).toHaveAttribute('aria-disabled', 'true');
    await dialog.getByLabelText('No, it was not right').click();
    await dialog.getByLabelText('Explanation').fill('A');
    await dialog.getByRole('button', { name: 'Mark as explained' }).click();
    await expect.element(dialog.getByText('Say why it was, in three letters or more', { exact: false })).toBeVisible();
    await expectAccessible();
    await dialog.getByLabelText('Explanation').fill('Payroll asked for October');
    // It grew while somebody typed, and the page has it already: they are told, and the next try goes by what stands.
    const sentence = 'Exported more and more';
    made.unusual.alerts = made.unusual.alerts.map((one) => (one.kind === 'large_export' ? { ...one, version: 2, sentence } : one));
    await queryClient.invalidateQueries({ queryKey: ['unusual'] });
    await expect.element(dialog.getByText(sentence)).toBeVisible();
    await dialog.getByRole('button', { name: 'Mark as explained' }).click();
    await expect.element(dialog.getByText('Somebody else changed this since you read it.', { exact: false })).toBeVisible();
    await dialog.getByRole('button', { name: 'Mark as explained' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(alert('Large export: Li Wei').getByText('Payroll asked for October', { exact: false })).toBeVisible();
    await expect.element(alert('Large export: Li Wei').getByText('It was not right')).toBeVisible();
    expect(lastCommand(made)).toMatchObject({
      path: 'unusualAccess.explain',
      input: { version: 2, verdict: 'wrong', note: 'Payroll asked for October' },
    });
  });

  test('AUD-30: what somebody else explains meanwhile stays open, says so, and stands beside an empty list', async () => {
    const [only] = ALERTS.slice(1, 2);
    const made = world(only ? [only] : []);
    await open('/admin/unusual-access', made);
    await alert('Large export: Li Wei').getByRole('button', { name: 'Explain' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabelText('Yes, it was right').click();
    await dialog.getByLabelText('Explanation').fill('Payroll asked for October');
    made.unusual.explain({ id: only?.id ?? '', version: 1, verdict: 'wrong', note: 'Nobody asked for it' });
    await queryClient.invalidateQueries({ queryKey: ['unusual'] });
    await expect.element(page.getByText('Nothing unusual waits to be explained')).toBeInTheDocument();
    await expect
      .element(dialog.getByRole('status'))
      .toHaveTextContent('Anna Berg explained this meanwhile: it was not right, “Nobody asked for it”. What you typed isn’t saved.');
    await expect.element(dialog.getByLabelText('Explanation')).toHaveValue('Payroll asked for October');
    await expect.element(dialog.getByRole('button', { name: 'Mark as explained' })).toHaveAttribute('aria-disabled', 'true');
    await expectAccessible();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
  });

  test('AUD-30: one’s own reading is explained by somebody else', async () => {
    await open('/admin/unusual-access', world());
    const own = alert('Unusual hours: Anna Berg');
    const explain = own.getByRole('button', { name: 'Explain' });
    await expect.element(explain).toHaveAttribute('aria-disabled', 'true');
  });

  test('AUD-30: a notification leads to one alert, unfolded; the way back to all of them', async () => {
    const { address } = await open(`/admin/unusual-access?alert=${ALERTS[3]?.id}`, world());
    await expect
      .element(alert('Another area: Jon Ek').getByText('Read the trail of Timecard 26 Oct', { exact: false }).first())
      .toBeVisible();
    await page.getByRole('button', { name: 'Show all people' }).click();
    await expect.element(alert('Large export: Li Wei')).toBeVisible();
    expect(address()).toBe('/admin/unusual-access');
  });

  test('AUD-30: admins change what counts as unusual, with a reason', async () => {
    const made = world([]);
    await open('/admin/unusual-access', made);
    await expect.element(page.getByText('Nothing unusual waits to be explained')).toBeVisible();
    await page.getByRole('button', { name: 'Limits' }).click();
    const dialog = page.getByRole('dialog');
    const records = dialog.getByLabelText('Different records in an hour');
    await expect.element(records).toHaveValue('100');
    await records.fill('250');
    await dialog.getByLabelText('Reason').fill('The auditors come in November');
    await expectAccessible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(lastCommand(made)?.input).toMatchObject({
      unusualRecords: 250,
      before: { unusualRecords: 100 },
      reason: 'The auditors come in November',
    });
  });

  test('failing, and for others than admins and managers: said in words', async () => {
    const made = world();
    made.refusals.set('unusualAccess.list', FAILED);
    await open('/admin/unusual-access', made);
    await expect.element(page.getByText('7f3a91c2', { exact: false })).toBeVisible();
    await expectAccessible();
    made.refusals.clear();
    made.user = { ...(made.user as NonNullable<typeof made.user>), role: 'supervisor' };
    await open('/admin/unusual-access', made);
    await expect.element(page.getByText('Admins and managers look after this')).toBeVisible();
    made.user = { ...made.user, role: 'manager' };
    await open('/admin/unusual-access', made);
    await expect.element(alert('Large export: Li Wei')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Limits' })).toHaveAttribute('aria-disabled', 'true');
  });
});
