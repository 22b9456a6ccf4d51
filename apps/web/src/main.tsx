import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/app.css';
import { applyTheme } from './ui/preferences.ts';

applyTheme();
reloadAfterUpdate();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

/** A part of the page that is no longer there: the server was updated since. The new page is the remedy, tried once. */
function reloadAfterUpdate(): void {
  const RELOADED = 'countersign.reloaded';
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (Date.now() - last < 60_000) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  });
}
