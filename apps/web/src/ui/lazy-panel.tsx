import { lazy, Suspense } from 'react';
import type { PanelProps } from './panel.tsx';

const load = () => import('./panel.tsx');
const loadChoices = () => import('./choice-list.tsx');
const Panel = lazy(load);
/** Stands in a panel, and comes with it. */
export const ChoiceList = lazy(loadChoices);

/** Fetches what panels need before they are opened: pointing at a button is early enough. */
export const preloadPanel = (): void => {
  // What can't be fetched now is fetched when it is wanted, and says then what is wrong.
  for (const part of [load, loadChoices]) part().catch(() => undefined);
};

/** A panel whose code comes when the first one is opened. */
export const LazyPanel = (props: PanelProps) => (
  <Suspense fallback={null}>
    <Panel {...props} />
  </Suspense>
);
