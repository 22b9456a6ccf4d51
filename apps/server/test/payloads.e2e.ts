import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { user, withContext } from '@countersign/audit/context';
import { compileRegistry } from '@countersign/audit/registry';
import { everything } from '@countersign/api/countersign';
import { DECLARED, MANUAL_ACTIONS } from '@countersign/domain/entities';
import { launchBrowser } from '@countersign/testing/browser';
import { PAGES as BUILT } from './built-pages.ts';
import { type House, house } from './house.ts';
import { aboutOf } from './access/cells.ts';
import { overHttp } from './access/doors.ts';
import { EXAMPLES } from './access/examples.ts';
import { PAYLOADS, UNSEEN } from './access/payloads.ts';
import { type Persona, type Stage, stage as setStage } from './access/stage.ts';
import { things } from './access/things.ts';

// Payloads go in wherever the interface takes a text, and into every recorded text; then somebody who sees everything opens every page.

const ROUTES = new URL('../../web/src/routeTree.gen.ts', import.meta.url);

let home: House;
let stage: Stage;
let admin: Persona;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let before: Record<string, number>;
const taken: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  home = await house({ webFolder: BUILT });
  stage = await setStage(home);
  admin = stage.personas.find(({ role }) => role === 'admin') as Persona;
  before = await rowCounts();
  await intoEveryInput();
  await intoEveryRecord();
  await stage.settled();
  browser = await launchBrowser();
  context = await browser.newContext({ baseURL: home.url, viewport: { width: 1280, height: 900 } });
  await context.addCookies([{ name: 'countersign_session', value: admin.token, url: home.url }]);
  await context.exposeFunction('told', (what: string) => problems.push(what));
  await context.addInitScript(WATCH);
  page = await context.newPage();
  page.on('dialog', (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => problems.push(`a window: ${popup.url()}`));
});
afterAll(async () => {
  await browser?.close();
  await home?.close();
});

/** In every page and frame: what runs says so, and so does the policy where it had to stop something. */
const WATCH = `
  globalThis.__ran = (what) => globalThis.told('a payload ran: ' + what + ' in ' + location.pathname);
  for (const name of ['alert', 'confirm', 'prompt']) globalThis[name] = () => globalThis.__ran(name);
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
    globalThis.told('the policy stopped ' + [violatedDirective, blockedURI, sourceFile, location.pathname].join(' ')));
`;

/** In the page: how many elements hold such a text themselves, and those of them that share a line with others and don't keep it to themselves. */
const RIGHT_TO_LEFT = `(() => {
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && /[\\u0590-\\u06ff]/.test(node.data));
  const holders = [...document.body.querySelectorAll('*')].filter(own);
  const turns = (element) => {
    const { unicodeBidi, display } = getComputedStyle(element);
    return unicodeBidi !== 'isolate' && display.startsWith('inline');
  };
  return [holders.length, holders.filter(turns).map((element) => element.outerHTML.slice(0, 200))];
})()`;

async function rowCounts(): Promise<Record<string, number>> {
  const names = ['profiles', 'sites', 'timecard_headers', 'responsibilities'];
  const counts = await home.sql<{ name: string; n: string }>(
    names.map((name) => `select '${name}' as name, count(*) as n from ${name}`).join(' union all '),
  );
  return Object.fromEntries(counts.map(({ name, n }) => [name, Number(n)]));
}

interface Described {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly maxLength?: number;
  readonly anyOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
}

/** The fields of an input in which any text may stand, with the most letters that it may have. */
function textFields(input: z.ZodType): [string, number][] {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Described;
  return Object.entries(properties).flatMap(([name, described]) => {
    const text = described.anyOf?.find(({ type }) => type === 'string') ?? described;
    const any = text.type === 'string' && !text.format && !text.enum && name !== 'id';
    return any ? [[name, text.maxLength ?? 10_000] as [string, number]] : [];
  });
}

/** Through every text field of every command; a new record for each. What is refused is refused, and what isn't stands somewhere now. */
async function intoEveryInput(): Promise<void> {
  const make = await things(stage);
  for (const { name, kind, input } of everything.filter((one) => one.kind === 'command')) {
    const [example] = Object.values(EXAMPLES[name] ?? {});
    if (!example) continue; // which the matrix complains about
    for (const [field, most] of textFields(input)) {
      for (const payload of payloadsFor(`${name}.${field}`, most)) {
        const about = await aboutOf({ stage, make }, example, admin, 'of others');
        const asked = {
          name,
          kind: kind === 'command' ? ('mutation' as const) : ('query' as const),
          input: { ...example.input(about), [field]: payload },
        };
        const { status, text } = await overHttp(home.url, admin.token, asked);
        if (status >= 500) problems.push(`${name}.${field} with ${payload}: ${status} ${text.slice(0, 200)}`);
        if (status === 200) taken.push(`${name}.${field}`);
      }
    }
  }
}

/** Four of them for each field, other ones for the next: there are only so many records to change. */
let next = 0;
function payloadsFor(field: string, most: number): string[] {
  const fitting = PAYLOADS.filter(({ length }) => length <= most);
  const chosen = Array.from({ length: 4 }, (_, n) => fitting[(next + n) % fitting.length] as string);
  next += chosen.length;
  return field.endsWith('.reason') ? chosen.slice(0, 2) : chosen;
}

/** Into every recorded text of the records that the pages show, by the unit of work: whatever the interface would refuse. */
async function intoEveryRecord(): Promise<void> {
  const metadata = home.system.orm.getMetadata();
  const { vocabulary } = compileRegistry(DECLARED, metadata, { actions: MANUAL_ACTIONS });
  for (const { entity, name, kind } of vocabulary.fields.filter((field) => field.kind === 'text')) {
    const described = metadata.getByClassName<object>(entity);
    const property = described.props.find(({ fieldNames }) => fieldNames?.includes(name));
    if (kind !== 'text' || !property || name === 'email' || name === 'time_zone') continue;
    const fitting = PAYLOADS.filter(({ length }) => length <= (property.length ?? 4_000));
    // A value that a constraint refuses is no worse than one that the interface refuses: then each for itself.
    await put(described.class, property.name, fitting).catch(async () => {
      for (const [n, payload] of fitting.entries()) await put(described.class, property.name, [payload], n).catch(() => undefined);
    });
  }
}

/** Into as many records, the oldest first: those that the pages show. */
async function put(
  entity: Parameters<typeof home.system.orm.em.find>[0],
  property: string,
  payloads: readonly string[],
  offset = 0,
): Promise<void> {
  const reason = payloads[row++ % payloads.length] as string;
  await withContext({ actor: user(admin.id), channel: 'web', reason, userAgent: reason }, async () => {
    const em = home.system.orm.em.fork();
    const orderBy = { createdAt: 'asc' } as never;
    const rows = (await em.find(entity, {}, { orderBy, limit: payloads.length, offset })) as Record<string, unknown>[];
    for (const [n, one] of rows.entries()) one[property] = payloads[n];
    await em.flush();
  });
}
let row = 0;

/** From the router's own tree: a page that is added is opened from then on. */
const PAGES = [...(/fullPaths:([^]*?)fileRoutesByTo/.exec(readFileSync(ROUTES, 'utf8'))?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
  ([, path]) => path as string,
);

/** What stands for the parameters of a page's address. */
const PARAMETERS: Readonly<Record<string, () => Promise<string>>> = {
  '/timecards/$id': async () => stage.shown(admin, 'of others').id,
  '/live/e/$position': async () => String(await stage.settled()),
  '/admin/users/$id': async () => stage.place(admin, 'of others').owner,
};

async function addressOf(path: string): Promise<string> {
  if (!path.includes('$')) return path;
  const parameter = PARAMETERS[path];
  if (!parameter)
    throw new Error(`no page is opened at ${path}: say in PARAMETERS of apps/server/test/payloads.e2e.ts what stands for its parameter`);
  return path.replace(/\$\w+/, await parameter());
}

describe('F20: payloads in every text, shown on every page under the real policy', () => {
  it('were taken by enough fields to show anything', () => {
    expect(new Set(taken).size).toBeGreaterThan(8);
    expect(PAGES.length).toBeGreaterThan(10);
  });

  it('changed and deleted nothing but what was asked for', async () => {
    const after = await rowCounts();
    for (const [name, count] of Object.entries(before)) expect([name, (after[name] ?? 0) >= count]).toEqual([name, true]);
  });

  it.each(PAGES)('nothing runs on %s, nothing had to be stopped, and nothing that is unseen goes unseen', async (path) => {
    await page.goto(await addressOf(path));
    await page.locator('main, form, h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    const shown = await page.evaluate<string>('document.body.innerText');
    expect(shown.length).toBeGreaterThan(20);
    expect([...shown.matchAll(new RegExp(UNSEEN, 'gu'))].map(({ index }) => shown.slice(Math.max(0, index - 40), index + 20))).toEqual([]);
    expect(await page.evaluate<number>(`document.querySelectorAll('a[href^="javascript:" i], [srcdoc], object, embed, base').length`)).toBe(
      0,
    );
    expect(problems).toEqual([]);
  });

  it('a text that runs from right to left turns nothing that stands beside it', async () => {
    await put(home.system.orm.getMetadata().getByClassName<object>('Timecard').class, 'adminNotes', ['שלום and مرحبا']);
    await stage.settled();
    await page.goto('/live');
    await page.locator('main').first().waitFor();
    // A quiet line isn't enough: on a busy machine the page may not have asked yet.
    await page.getByText('שלום').first().waitFor();
    const [holders, turning] = await page.evaluate<[number, string[]]>(RIGHT_TO_LEFT);
    expect(holders).toBeGreaterThan(0);
    expect(turning).toEqual([]);
  });

  it('no text becomes a script or markup, except for the one worker that a page may have', async () => {
    await page.goto('/live');
    await page.locator('main').first().waitFor();
    const attempts = {
      markup: `document.createElement('div').innerHTML = '<b>'`,
      script: `document.createElement('script').src = '/assets/any.js'`,
      worker: `navigator.serviceWorker.register('/push-worker.mjs')`,
      'a policy of its own': `trustedTypes.createPolicy('mine', { createHTML: (text) => text })`,
    };
    // What the policy refuses is reported, as it should be: elsewhere a report would be a failure.
    for (const [name, attempt] of Object.entries(attempts))
      expect([
        name,
        await page.evaluate<string>(
          `(async () => { ${attempt.startsWith('navigator') ? 'await ' : ''}${attempt}; })().then(() => 'done', (error) => error.name)`,
        ),
      ]).toEqual([name, 'TypeError']);
    const worker = `navigator.serviceWorker.register(trustedTypes.createPolicy('push-worker', { createScriptURL: () => '/push-worker.mjs' }).createScriptURL(''))`;
    expect(await page.evaluate<string>(`${worker}.then((registered) => registered.unregister()).then(() => 'done', String)`)).toBe('done');
    expect(problems.splice(0).every((problem) => problem.startsWith('the policy stopped'))).toBe(true);
  });

  it('what is typed to search for is no more dangerous than what is found', async () => {
    for (const payload of PAYLOADS.slice(0, 6)) {
      await page.goto(
        `/live?${new URLSearchParams({ text: payload, actor: payload, area: payload }).toString()}#${encodeURIComponent(payload)}`,
      );
      await page.locator('main').first().waitFor();
    }
    expect(problems).toEqual([]);
  });

  it('F19: no cell of an export is a formula, and none breaks out of its row', async () => {
    // As a page has it saved: its own policy keeps a file from running, and not from being saved.
    await page.goto('/timecards');
    const [download] = await Promise.all([page.waitForEvent('download'), page.evaluate(`location.href = '/api/timecards/export'`)]);
    const csv = readFileSync(await download.path(), 'utf8');
    const cells = csv
      .split('\r\n')
      .flatMap((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/))
      .map((cell) => cell.replace(/^"|"$/g, ''));
    expect(cells.length).toBeGreaterThan(100);
    expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
  });
});
