import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '@countersign/client';
import { launchBrowser } from '@countersign/testing/browser';
import { PAGES } from './built-pages.ts';
import { house, PASSWORD, type House } from './house.ts';

// Two people in two browsers, one card, one real server: what they do to each other's edits.

let h: House;
let browser: Browser;
let site: string;

beforeAll(async () => {
  h = await house({ webFolder: PAGES });
  site = await h.site();
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await h?.close();
});

interface Somebody {
  readonly id: string;
  readonly email: string;
}

async function pageOf({ email }: Somebody): Promise<Page> {
  const context = await browser.newContext({ baseURL: h.url, viewport: { width: 1280, height: 900 } });
  const answer = await context.request.post('/api/auth/sign-in/email', { data: { email, password: PASSWORD }, headers: { origin: h.url } });
  expect(answer.status()).toBe(200);
  return context.newPage();
}

let cards = 0;

/** A draft of one day, 08:00 to 16:30 with half an hour at noon, that both have open in the form; nobody has saved yet. */
async function bothEditing() {
  const owner = await h.person('worker', `Wilma${(cards += 1)}`);
  const admin = await h.person('admin', `Adam${cards}`);
  const day = `2026-11-${String(cards + 2).padStart(2, '0')}`;
  const at = (time: string) => `${day}T${time}:00+01:00`;
  const { trpc, close } = createClient({ url: h.url, token: await h.token(owner.email) });
  const card = await trpc.timecards.create.mutate({
    person: owner.id,
    site,
    periodStart: day,
    periodEnd: day,
    checkInTime: at('08:00'),
    checkOutTime: at('16:30'),
    breakStartTime: at('12:00'),
    breakEndTime: at('12:30'),
  });
  const pages = { owner: await pageOf(owner), admin: await pageOf(admin) };
  for (const page of Object.values(pages)) {
    await page.goto(`/timecards/${card.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('heading', { name: 'Edit the times' }).waitFor();
  }
  const stored = async () => {
    const { checkInTime, checkOutTime, breakStartTime, version } = await trpc.timecards.get.query({ id: card.id });
    return { checkInTime, checkOutTime, breakStartTime, version };
  };
  return { ...pages, id: card.id, version: card.version, stored, at: (time: string) => new Date(at(time)).toISOString(), close };
}

const type = (page: Page, field: string, time: string) => page.getByLabel(field, { exact: true }).fill(time);
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();
const closed = (page: Page) => page.getByRole('heading', { name: 'Edit the times' }).waitFor({ state: 'detached' });

describe('TC-6: two people edit one timecard at once', () => {
  it('different fields: both stay, the later one is told whose stands beside theirs, and can undo their own alone', async () => {
    const { owner, admin, stored, at, version, close } = await bothEditing();
    await type(owner, 'Check Out Time', '17:00');
    await type(admin, 'Check In Time', '07:45');
    await admin.getByLabel('Reason').fill('Gate log: badge shows 07:45');
    await save(owner);
    await closed(owner);
    await save(admin);
    await closed(admin);
    await admin.getByText(/Saved beside what Wilma1 worker changed meanwhile: Check Out Time/).waitFor();
    expect(await stored()).toMatchObject({ checkInTime: at('07:45'), checkOutTime: at('17:00'), version: version + 2 });
    // The owner's page shows it without a reload, and by whom.
    await owner.getByText('07:45').first().waitFor();

    await admin.getByRole('button', { name: 'Undo', exact: true }).click();
    await admin.getByText('Undone', { exact: true }).waitFor();
    expect(await stored()).toMatchObject({ checkInTime: at('08:00'), checkOutTime: at('17:00'), version: version + 3 });

    // AUD-33: the trail links it to what it undid. AUD-28: the card as it stood then, and whether the trail tells what is so now.
    await admin.getByRole('link', { name: 'Undoes an earlier change' }).waitFor();
    await admin.getByRole('button', { name: 'As it stood earlier' }).click();
    await admin.getByText('The trail tells the same as the timecard itself, field by field.').waitFor();
    await admin.getByRole('slider', { name: 'Moment' }).press('ArrowLeft');
    await admin.getByRole('heading', { name: 'You see the past' }).waitFor();
    await admin.getByRole('definition').filter({ hasText: '07:45' }).waitFor();
    close();
  });

  it('the same field: asked with what it was, theirs and mine, by whom; the rest that was typed is saved with the choice', async () => {
    const { owner, admin, stored, at, version, close } = await bothEditing();
    await type(owner, 'Check Out Time', '17:00');
    await type(admin, 'Check Out Time', '16:28');
    await type(admin, 'Check In Time', '07:45');
    await admin.getByLabel('Reason').fill('Gate log: badge shows 16:28');
    await save(owner);
    await closed(owner);
    await save(admin);
    const asked = admin.getByRole('region', { name: 'Somebody else changed the same field' });
    await asked.waitFor();
    expect(await asked.innerText()).toMatch(
      /Check Out Time\s+was 16:30\s+Use theirs\s+17:00\s+Wilma2 worker, .*Keep mine\s+16:28\s+you, not saved yet/s,
    );
    // Nothing is overwritten meanwhile, and nothing typed is lost.
    expect(await stored()).toMatchObject({ checkInTime: at('08:00'), checkOutTime: at('17:00'), version: version + 1 });
    expect(await admin.getByLabel('Check In Time', { exact: true }).inputValue()).toBe('07:45');

    await asked.getByRole('radio', { name: 'Keep mine: 16:28' }).check();
    await asked.getByRole('button', { name: 'Save with these choices' }).click();
    await closed(admin);
    expect(await stored()).toMatchObject({ checkInTime: at('07:45'), checkOutTime: at('16:28'), version: version + 2 });
    // And the owner learns of it where it happened, with the reason and what it did.
    await owner.getByText('“Gate log: badge shows 16:28”').waitFor();
    await owner.getByText('Effect: total hours 8:30 → 8:13, overtime hours 0:30 → 0:13').waitFor();
    close();
  });

  it('TC-7: the card prints with its days and its trail, page by page', async () => {
    const { owner, admin, close } = await bothEditing();
    await type(admin, 'Check Out Time', '16:28');
    await admin.getByLabel('Reason').fill('Gate log: badge shows 16:28');
    await save(admin);
    await closed(admin);
    await owner.reload();
    await owner.getByText('“Gate log: badge shows 16:28”').waitFor();
    const paper = await owner.pdf({ preferCSSPageSize: true, tagged: true });
    // One or two sheets of A4: what scrolls on the screen runs on, and nothing around it takes a page of its own.
    const sheets = paper.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
    expect(sheets.length).toBeGreaterThanOrEqual(1);
    expect(sheets.length).toBeLessThanOrEqual(2);
    expect(paper.toString('latin1')).toMatch(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12]/);
    close();
  });
});
