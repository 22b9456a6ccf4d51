import { createMemoryHistory } from '@tanstack/react-router';
import { setupWorker } from 'msw/browser';
import { createRoot } from 'react-dom/client';
import '../src/styles/app.css';
import { applyTheme } from '../src/ui/preferences.ts';
import { LINKED } from './fake/account.ts';
import { makeEvent } from './fake/cards.ts';
import { handlersFor } from './fake/handlers.ts';
import { PEOPLE } from './fake/people.ts';
import { afternoon, DEMO } from './fake/scenes.ts';
import { ALERTS } from './fake/unusual.ts';
import { World } from './fake/world.ts';

// The whole app against a small server in the page: to be looked at, and to be photographed.
// `looks.html?at=/live&scene=much`
const parameters = new URLSearchParams(location.search);
const scene = parameters.get('scene') ?? 'full';
const world = scene === 'empty' ? new World() : afternoon(scene === 'much' ? 12_000 : 40);
if (scene === 'signed-out') world.user = null;
world.demo = DEMO;
if (scene !== 'empty') world.unusual.alerts = ALERTS;
if (scene === 'provider') Object.assign(world, { user: null, demo: null, provider: { name: 'Northwind' } });
if (scene === 'provider-alone') Object.assign(world, { user: null, demo: null, provider: { name: 'Northwind' }, passwords: false });
if (scene === 'linked') world.providers = LINKED;
if (scene === 'broken')
  for (const path of ['audit.page', 'timecards.list', 'timecards.get', 'audit.event', 'unusualAccess.list'])
    world.refusals.set(path, { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side', requestId: '7f3a91c2-5d' });
if (scene === 'forbidden')
  for (const path of ['audit.page', 'timecards.list', 'timecards.get'])
    world.refusals.set(path, {
      code: 'FORBIDDEN',
      message: 'You may not see this timecard.',
      details: 'It is neither yours nor of somebody or somewhere you are responsible for.',
    });
if (scene === 'slow') world.delay = 60_000;
Object.assign(globalThis, { world, makeEvent, PEOPLE });

await setupWorker(...handlersFor(() => world)).start({
  quiet: true,
  onUnhandledFrame: 'bypass',
  serviceWorker: { url: '/mockServiceWorker.js' },
});
applyTheme();
// The page's client takes the WebSocket that it finds when it is loaded: it has to be the intercepted one.
const { App } = await import('../src/app.tsx');
const root = document.getElementById('root');
if (root) createRoot(root).render(<App history={createMemoryHistory({ initialEntries: [parameters.get('at') ?? '/'] })} />);
