import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright';
import { afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { chromiumExecutable, launchBrowser } from '../src/browser.ts';
import { bundledChromium } from '../src/bundled-chromium.ts';

afterEach(() => vi.unstubAllEnvs());

const site = createServer((_request, response) =>
  response.setHeader('content-type', 'text/html').end('<h1>Hutch</h1><link rel="icon" href="data:,">'),
);
beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  return () => site.close();
});

async function heading(browser: Browser): Promise<string | null> {
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  return page.textContent('h1');
}

it('shows a page of this machine', async () => {
  expect(await heading(await launchBrowser())).toBe('Hutch');
});

it('reaches nothing outside of this machine', async () => {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await expect(page.goto('http://example.com/')).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/);
});

it('takes the browser that CHROMIUM_PATH names, and says so when there is none', async () => {
  vi.stubEnv('CHROMIUM_PATH', process.execPath);
  expect(await chromiumExecutable()).toBe(process.execPath);
  vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium');
  await expect(chromiumExecutable()).rejects.toThrow(/CHROMIUM_PATH names \/nowhere\/chromium/);
});

it.runIf(process.platform === 'linux' && process.arch === 'x64')('runs the browser that comes with the dependencies', async () => {
  const [executablePath, again] = await Promise.all([bundledChromium(), bundledChromium()]);
  expect(again).toBe(executablePath);
  expect(await heading(await launchBrowser({ executablePath: executablePath ?? '' }))).toBe('Hutch');
});
