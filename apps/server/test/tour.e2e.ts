import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@countersign/postgres/free-port';
import { launchBrowser } from '@countersign/testing/browser';
import { eventually } from '@countersign/testing/eventually';
import { ServerProcess } from './server-process.ts';
import { follow, sectionOf, stepsOf } from './tour.ts';

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

let folder: string;
let server: ServerProcess;
let browser: Browser | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-tour-'));
  chmodSync(folder, 0o711);
  server = new ServerProcess({ PORT: String(await freePort()), DATA_DIR: join(folder, 'data'), DEMO: 'true' });
  await server.start();
  await eventually(
    async () => ((await (await fetch(`${server.url}/api/session`)).json()) as { demo: { progress: unknown } }).demo.progress === null,
    { timeout: 300_000, interval: 500 },
  );
  browser = await launchBrowser();
}, 480_000);

afterAll(async () => {
  await browser?.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the README's tour", () => {
  it('can be taken word for word', async () => {
    const steps = stepsOf(sectionOf(README, 'Five minutes'));
    expect(steps.length).toBeGreaterThan(30);
    const windows = new Map<string, Page>();
    let window = 'first';
    for (const step of steps) {
      if (step.kind === 'window') {
        window = step.which;
        continue;
      }
      const page = windows.get(window) ?? (await (browser as Browser).newPage({ viewport: { width: 1280, height: 860 } }));
      windows.set(window, page);
      await follow(page, step, server.url);
    }
    expect([...windows.keys()]).toEqual(['first', 'private']);
  }, 180_000);

  it('waits for what it presses, and takes nothing for it that only contains its name', async () => {
    const page = await (browser as Browser).newPage();
    await page.setContent(
      `<p>edited</p><button hidden onclick="document.title = 'pressed'">Edit</button>
       <script>setTimeout(() => document.querySelector('button').removeAttribute('hidden'), 500)</script>`,
    );
    await follow(page, { kind: 'press', name: 'Edit' }, server.url);
    expect(await page.title()).toBe('pressed');
    await page.close();
  });

  it('says nothing that no reader could follow', () => {
    expect(() => stepsOf('Look at **this**.')).toThrow('The tour says what no test can do');
    expect(() => sectionOf(README, 'Six minutes')).toThrow('there is no section');
  });
});
