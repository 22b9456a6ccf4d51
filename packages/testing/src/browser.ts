import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions } from 'playwright';
import { bundledChromium } from './bundled-chromium.ts';

/** Where systems keep a Chromium or a Chrome. */
const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Runs as root and in containers, asks nobody outside for anything, and resolves no name but this machine's. */
export const launchArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-default-browser-check',
  '--no-first-run',
  '--disable-features=AutofillServerCommunication,CertificateTransparencyComponentUpdater,MediaRouter,OptimizationHints,Translate',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/**
 * The Chromium to test with: `CHROMIUM_PATH`, the system's, Playwright's own, or the one that comes with the dependencies.
 *
 * @throws Error with advice where there is none.
 */
export async function chromiumExecutable(): Promise<string> {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which does not exist`);
  }
  const found = [...SYSTEM, chromium.executablePath()].find((path) => existsSync(path)) ?? (await bundledChromium());
  if (found !== undefined) return found;
  throw new Error('no browser to test with: install Chromium or Chrome, or set CHROMIUM_PATH to one');
}

/** Starts that browser, headless; `more` adds to or overrides Playwright's launch options. */
export async function launchBrowser(more: LaunchOptions = {}): Promise<Browser> {
  const args = [...launchArguments, ...(more.args ?? [])];
  return chromium.launch({ executablePath: await chromiumExecutable(), ...more, args });
}
