import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { SITES } from '../fake/people.ts';
import { takesFiles, UPLOAD, CHANGE, type Scene } from '../fake/uploads.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const FILE = `/timecards/import?file=${UPLOAD}`;
const asked = (world: World, path: string) => world.asked.filter((one) => one.path === path).map(({ input }) => input);
const button = (name: string | RegExp) => page.getByRole('button', { name });
const choice = (name: string) => page.getByRole('combobox', { name });
const chooseFile = (name = 'november.csv') =>
  userEvent.upload(page.getByLabelText('File of the time clock'), new File(['Email;Zeitstempel\n'], name, { type: 'text/csv' }));

async function atTheFile(scene: Partial<Scene> = {}) {
  const world = new World();
  const state = takesFiles(world, scene);
  const opened = await open(FILE, world);
  return { world, state, ...opened };
}

async function previewed(scene: Partial<Scene> = {}) {
  const at = await atTheFile(scene);
  await choice('Site of all rows').selectOptions(SITES[0]?.id ?? '');
  await button('Show what would happen').click();
  await expect
    .element(page.getByRole('region', { name: /Shifts of the file|Errors of the file/ }).or(page.getByText('None.')))
    .toBeVisible();
  return at;
}

describe('TC-12: the import page', () => {
  test('from the list: a file is chosen, its columns are shown, previewed, confirmed with a reason; the result leads to the change set', async () => {
    const world = new World();
    takesFiles(world);
    const { address } = await open('/timecards', world);
    await page.getByRole('link', { name: 'Import' }).click();
    await expectAccessible();
    await chooseFile();
    await expect.poll(address).toBe(FILE);
    await expect.element(page.getByRole('heading', { name: 'november.csv' })).toBeVisible();
    await expect.element(choice('What “Email” holds')).toHaveValue('person');
    await expect.element(choice('What “Terminal” holds')).toHaveValue('');
    await expect.element(page.getByText('02.11.2026 08:00')).toBeVisible();
    // What is missing is said, and what waits for it says why.
    await expect.element(page.getByText('Choose the column that names the site, or one site for the whole file.').first()).toBeVisible();
    await expect.element(button('Show what would happen')).toHaveAttribute('aria-disabled', 'true');
    await expectAccessible();

    await choice('Site of all rows').selectOptions(SITES[0]?.id ?? '');
    await button('Show what would happen').click();
    await expect
      .element(
        page.getByText(/1,000 lines of 50 people, from 2 Nov 2026 to 6 Nov 2026: 50 timecards to be made, 4 timecards to be changed/),
      )
      .toBeVisible();
    expect(asked(world, 'imports.read')).toEqual([
      { id: UPLOAD, rows: 'punch', columns: ['person', 'instant', 'kind', null], site: SITES[0]?.id, newCards: 'week' },
    ]);
    await expect.element(page.getByRole('row', { name: /^2, 3 .*08:00–16:30/ })).toBeVisible();
    await button('Changed 8').click();
    await expect.element(page.getByText('08:30–16:30').first()).toBeVisible();
    await expectAccessible();

    await expect.element(button('Import 248 shifts')).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('textbox', { name: 'Reason' }).fill('hours of November');
    await button('Import 248 shifts').click();
    await expect.element(page.getByText('Imported: november.csv')).toBeVisible();
    expect(asked(world, 'imports.confirm')).toEqual([{ id: UPLOAD, reason: 'hours of November', leaveLocked: false }]);
    await expectAccessible();
    await page.getByRole('link', { name: 'See every change' }).click();
    await expect.poll(address).toBe(`/live?set=${CHANGE}`);
    await expect.element(page.getByText('Change set:')).toBeVisible();
  });

  test('a file can be dropped', async () => {
    const world = new World();
    takesFiles(world);
    const { address } = await open('/timecards/import', world);
    await expect.element(page.getByText('Drop the file of the time clock here, or')).toBeVisible();
    const zone = page.getByText('Drop the file of the time clock here, or').element().parentElement as HTMLElement;
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['a;b\n'], 'dropped.csv', { type: 'text/csv' }));
    zone.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
    await expect.poll(address).toBe(FILE);
    await expect.element(page.getByRole('heading', { name: 'dropped.csv' })).toBeVisible();
  });

  test('columns can be changed; the preview of other columns goes', async () => {
    const { world } = await previewed();
    await expect.element(button('Read it again')).toBeVisible();
    await choice('What “Terminal” holds').selectOptions('site');
    await expect.element(button('Show what would happen')).toBeVisible();
    await expect.element(page.getByRole('form', { name: 'Confirm the import' })).not.toBeInTheDocument();
    await choice('One row is').selectOptions('shift');
    await expect.element(choice('What “Zeitstempel” holds')).toHaveValue('');
    await expect.element(page.getByText('Choose the column with the check-in.').first()).toBeVisible();
    await choice('One row is').selectOptions('punch');
    await choice('What “Zeitstempel” holds').selectOptions('instant');
    await choice('What “Buchung” holds').selectOptions('kind');
    await button('Show what would happen').click();
    await expect.poll(() => asked(world, 'imports.read').at(-1)?.['columns']).toEqual(['person', 'instant', 'kind', 'site']);
  });

  test('AC-7: through somebody else’s eyes a file is looked at, and nothing is done with it', async () => {
    const world = new World();
    world.sight = {
      by: { id: '00000001-0000-4000-8000-000000000002', name: 'Omar Khan' },
      until: '2099-01-01T00:00:00.000Z',
      writes: false,
    };
    takesFiles(world);
    await open(FILE, world);
    await choice('Site of all rows').selectOptions(SITES[0]?.id ?? '');
    await expect.element(button('Show what would happen')).toHaveAccessibleDescription(/: nothing can be changed$/);
    await button('Show what would happen').click({ force: true });
    await expect.element(choice('Letters are written in')).toBeDisabled();
    expect(asked(world, 'imports.read')).toEqual([]);
  });

  test('another encoding, delimiter or line of headings is looked at without another upload', async () => {
    const { world } = await atTheFile();
    await choice('Letters are written in').selectOptions('windows-1252');
    await expect.poll(() => asked(world, 'imports.look')).toEqual([{ id: UPLOAD, encoding: 'windows-1252' }]);
    await expect.element(choice('Letters are written in')).toHaveValue('windows-1252');
    await choice('Headings stand on').selectOptions('Line 3');
    await expect.poll(() => asked(world, 'imports.look').at(-1)).toEqual({ id: UPLOAD, headingLine: 3 });
  });

  test('errors come by line, with column and what to do, can be downloaded, and nothing can be confirmed', async () => {
    const problems = Array.from({ length: 60 }, (_, n) => ({
      line: n + 2,
      column: n % 2 ? 'Email' : null,
      message: n === 0 ? '=There is nobody called "Kim": write the mail address.' : `Mend this line, number ${n + 2}.`,
    }));
    await previewed({ counts: { problems: 60 }, problems });
    await expect.element(page.getByRole('row', { name: /^2 – =There is nobody/ })).toBeVisible();
    await expect
      .element(page.getByText('Nothing can be imported yet: mend the lines with errors in the file, and upload it again.'))
      .toBeVisible();
    await expect.element(page.getByRole('form', { name: 'Confirm the import' })).not.toBeInTheDocument();
    await button('Next').click();
    await expect.element(page.getByText('Mend this line, number 61.')).toBeVisible();
    await expectAccessible();

    const saved = new Promise<Blob>((resolve) => {
      const made = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (blob) => {
        URL.createObjectURL = made;
        resolve(blob as Blob);
        return made(blob);
      };
    });
    await button('Download the errors').click();
    const lines = (await (await saved).text()).trim().split('\r\n');
    expect(lines).toHaveLength(61);
    expect(lines[1]).toBe(`2,"","'=There is nobody called ""Kim"": write the mail address."`);
  });

  test('what stays as it is has to be seen before', async () => {
    const { world } = await previewed({ counts: { locked: 3 } });
    await button('Left alone 3').click();
    await expect.element(page.getByText('is approved, with other times.', { exact: false }).first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Reason' }).fill('hours of November');
    await expect.element(button('Import 248 shifts')).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('checkbox', { name: '3 shifts of submitted or approved timecards stay as they are.' }).click();
    await button('Import 248 shifts').click();
    await expect.element(page.getByText('Imported: november.csv')).toBeVisible();
    expect(asked(world, 'imports.confirm')).toMatchObject([{ leaveLocked: true }]);
  });

  test('where everything stands already there is nothing to confirm', async () => {
    await previewed({ counts: { create: 0, change: 0, unchanged: 250 } });
    await expect.element(page.getByText('There is nothing to import', { exact: false })).toBeVisible();
  });

  test('cards that were changed meanwhile: said, nothing lost, and the preview can be made anew', async () => {
    const { world } = await previewed();
    world.refusals.set('imports.confirm', {
      code: 'CONFLICT',
      message: 'Timecards were changed since the preview.',
      details: 'Nothing was imported. Look at the preview again, which is made anew, and confirm that one.',
    });
    await page.getByRole('textbox', { name: 'Reason' }).fill('hours of November');
    await button('Import 248 shifts').click();
    await expect.element(page.getByRole('alert').getByText('Timecards were changed since the preview.', { exact: false })).toBeVisible();
    await expect.element(page.getByRole('textbox', { name: 'Reason' })).toHaveValue('hours of November');
    world.refusals.clear();
    await button('Read it again').click();
    await expect.poll(() => asked(world, 'imports.read').length).toBe(2);
  });

  test('a file that is refused says why, and another one can be chosen', async () => {
    const world = new World();
    takesFiles(world);
    world.refusals.set('imports.upload', {
      code: 'TOO_LARGE',
      message: 'This file is too large',
      details: 'At most 64 MB are taken: split it, by month for instance.',
    });
    await open('/timecards/import', world);
    await chooseFile();
    await expect.element(page.getByRole('alert').getByText('At most 64 MB are taken', { exact: false })).toBeVisible();
    await expect.element(button('Choose a file')).toBeVisible();
    await expectAccessible();
  });

  test('a file that is gone, a broken answer, and whoever may not import', async () => {
    const world = new World();
    takesFiles(world);
    world.refusals.set('imports.get', {
      code: 'NOT_FOUND',
      message: 'There is no such file.',
      details: 'Uploaded files are kept for a day: upload it again.',
    });
    await open(FILE, world);
    await expect.element(page.getByText('Uploaded files are kept for a day', { exact: false })).toBeVisible();
    await button('Choose a file').click();
    await expect.element(page.getByText('Drop the file of the time clock here, or')).toBeVisible();

    const inHouse = new World();
    inHouse.user = { ...(inHouse.user as NonNullable<World['user']>), role: 'in_house' };
    await open('/timecards/import', inHouse);
    await expect.element(page.getByText('Your role may not import timecards')).toBeVisible();
    await open('/timecards', inHouse);
    await expect.element(button('Export')).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'Import' })).not.toBeInTheDocument();
  });

  test('narrow: everything fits', async () => {
    await page.viewport(360, 720);
    await previewed();
    await expectAccessible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  });
});

test('TC-12: the list is exported with its filter, in the form that is chosen', async () => {
  await open('/timecards?status=approved&from=2026-11-01&page=2', new World());
  await button('Export').click();
  await page.getByRole('radio', { name: 'a punch' }).click();
  await page.getByRole('radio', { name: 'semicolons' }).click();
  const link = page.getByRole('link', { name: 'Download what the list shows' });
  await expect
    .element(link)
    .toHaveAttribute('href', '/api/timecards/export?status=approved&from=2026-11-01&rows=punch&delimiter=semicolon');
  await expectAccessible();
});

test('AC-6: an export that was refused says so above the list, and what to do; its next link asks for the same list', async () => {
  const { address } = await open('/timecards?status=approved&notExported=busy', new World());
  await expect.element(page.getByRole('alert')).toMatchTextContent(/Too many exports at once.*Wait until one is complete/);
  await expectAccessible();
  await button('Export').click();
  const link = page.getByRole('link', { name: 'Download what the list shows' });
  await expect.element(link).toHaveAttribute('href', '/api/timecards/export?status=approved&rows=shift&delimiter=comma');
  await userEvent.keyboard('{Escape}');
  await button('Close').click();
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  expect(address()).toBe('/timecards?status=approved');
});
