import { lazy, Suspense } from 'react';
import type { PanelProps } from './panel.tsx';

const load = () => import('./panel.tsx');
const Panel = lazy(load);

/** Fetches what panels need before they are opened: pointing at a button is early enough. */
export const preloadPanel = (): void => void load();

/** A panel whose code comes when the first one is opened. */
export const LazyPanel = (props: PanelProps) => (
  <Suspense fallback={null}>
    <Panel {...props} />
  </Suspense>
);
