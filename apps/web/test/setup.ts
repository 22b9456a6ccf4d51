import { setupWorker } from 'msw/browser';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { page } from 'vitest/browser';
import '../src/styles/app.css';
import { clearNotice } from '../src/ui/notice.tsx';
import { densityPreference, foldingPreference, shortcutsPreference, themePreference, zonePreference } from '../src/ui/preferences.ts';
import { handlersFor } from './fake/handlers.ts';
import { current, newWorld } from './fake/current.ts';

const worker = setupWorker(...handlersFor(() => current()));

// Before any page is imported: its client takes the WebSocket that it finds.
await worker.start({ quiet: true, onUnhandledFrame: 'bypass' });

beforeAll(async () => {
  document.documentElement.lang = 'en';
  // What is measured is set in the letters that stay: on a busy machine they come later than the page waits for them.
  await Promise.all([...document.fonts].map((face) => face.load().catch(() => null)));
});

beforeEach(async () => {
  newWorld();
  localStorage.clear();
  clearNotice();
  zonePreference.set('site');
  themePreference.set('system');
  shortcutsPreference.set('on');
  densityPreference.set('comfortable');
  foldingPreference.set('on');
  await page.viewport(1280, 800);
});

afterEach(() => {
  delete document.documentElement.dataset['theme'];
});
