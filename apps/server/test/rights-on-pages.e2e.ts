import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '@countersign/client';
import { Responsibility } from '@countersign/domain/people/responsibility';
import { user, withContext } from '@countersign/audit/context';
import { launchBrowser } from '@countersign/testing/browser';
import { eventually } from '@countersign/testing/eventually';
import { PAGES } from './built-pages.ts';
import { house, PASSWORD, type House } from './house.ts';

// Pages that are open, a real server, and somebody who takes a right away.

let h: House;
let browser: Browser;
let admin: { id: string; email: string };
let site: string;

beforeAll(async () => {
  h = await house({ webFolder: PAGES });
  admin = await h.person('admin', 'Ada');
  site = await h.site();
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await h?.close();
});

const asAdmin = <Result>(work: () => Promise<Result>) => withContext({ actor: user(admin.id), channel: 'web' }, work);

const assign = (holder: string, person: string) =>
  asAdmin(async () => {
    const em = h.system.orm.em.fork();
    em.create(Responsibility, { holder, kind: 'supervises', person, site: null });
    await em.flush();
  });

const unassign = (holder: string, person: string) =>
  asAdmin(async () => {
    const em = h.system.orm.em.fork();
    em.remove(await em.findOneOrFail(Responsibility, { holder, person }));
    await em.flush();
  });

async function browserOf({ email }: { readonly email: string }): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: h.url, viewport: { width: 1280, height: 900 } });
  onTestFinished(() => context.close());
  const answer = await context.request.post('/api/auth/sign-in/email', { data: { email, password: PASSWORD }, headers: { origin: h.url } });
  expect(answer.status()).toBe(200);
  return context;
}

/** A page at an address, once it is live and shows this. */
async function pageAt(context: BrowserContext, address: string, text: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await page.getByText(text).first().waitFor();
  await page.getByText('Live', { exact: true }).nth(1).waitFor();
  return page;
}

const shown = (page: Page) => page.locator('body').innerText();

let days = 0;
async function cardOf({ id, email }: { readonly id: string; readonly email: string }): Promise<string> {
  const client = createClient({ url: h.url, token: await h.token(email) });
  const day = `2026-11-${String((days += 1)).padStart(2, '0')}`;
  const card = await client.trpc.timecards.create.mutate({ person: id, site, periodStart: day, periodEnd: day });
  client.close();
  return card.id;
}

describe('AUD-22: a right taken away reaches what open pages show already', () => {
  it('of two people one is no longer theirs: the list, the card and the feed lose those rows, and keep the others', async () => {
    const boss = await h.person('supervisor', 'Sue');
    const [stays, goes] = [await h.person('worker', 'Stan'), await h.person('worker', 'Gwen')];
    await assign(boss.id, stays.id);
    await assign(boss.id, goes.id);
    await cardOf(stays);
    const card = await cardOf(goes);
    const context = await browserOf(boss);
    const list = await pageAt(context, '/timecards', 'Gwen worker');
    const sheet = await pageAt(context, `/timecards/${card}`, 'Gwen worker');
    const feed = await pageAt(context, '/live', 'Gwen worker');

    await unassign(boss.id, goes.id);

    const told = async (page: Page) => {
      await page.getByText('What you may see has changed.').waitFor();
      await eventually(async () => !(await shown(page)).includes('Gwen'));
      expect(await shown(page)).not.toContain('Offline');
    };
    await Promise.all([list, sheet, feed].map(told));
    await sheet.getByText('There is no such timecard').first().waitFor();
    // What isn't read anew soon enough goes first, and comes when it is.
    await list.getByText('Stan worker').first().waitFor();
    await feed.getByText('Stan worker').first().waitFor();
  });

  it('AC-5: whoever signs out in one tab is signed out in the others, and their rows go', async () => {
    const worker = await h.person('worker', 'Wanda');
    const card = await cardOf(worker);
    const context = await browserOf(worker);
    const [list, sheet] = [
      await pageAt(context, '/timecards', 'Wanda worker'),
      await pageAt(context, `/timecards/${card}`, 'Wanda worker'),
    ];
    await list.getByRole('button', { name: /Wanda worker/ }).click();
    await list.getByRole('button', { name: 'Sign out', exact: true }).click();
    for (const page of [list, sheet]) {
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(await shown(page)).not.toContain('Wanda');
    }
  });
});
