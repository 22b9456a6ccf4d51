import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { App } from './app.tsx';
import './styles/app.css';
import { applyTheme } from './ui/preferences.ts';
import { typefacesQuery } from './ui/typefaces.ts';

applyTheme();
void queryClient.prefetchQuery(typefacesQuery);
reloadAfterUpdate();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

/**
 * A part of the page that can't be fetched: where the server answers, it was updated since, and the new page is the
 * remedy, tried once. Where nobody answers a reload would only put the browser's own error in the place of the page.
 */
function reloadAfterUpdate(): void {
  window.addEventListener('vite:preloadError', (event) => {
    // The router knows browsers' words for this, and would reload at once, whoever answers.
    event.payload.message = 'A part of the page could not be fetched';
    void reloadIfAnswered();
  });
}

const RELOADED = 'countersign.reloaded';

async function reloadIfAnswered(): Promise<void> {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < 60_000) return;
  const answer = await fetch('/api/session', { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}
