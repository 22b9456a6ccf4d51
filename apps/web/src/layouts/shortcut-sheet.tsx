import { lazy, Suspense } from 'react';
import { useShortcuts } from '../ui/shortcuts.ts';
import { createStore, useStore } from '../ui/store.ts';

const opened = createStore(false);
const List = lazy(() => import('./shortcut-list.tsx'));

export const openShortcutSheet = (): void => opened.set(true);

/** All keys on one sheet, by `?`. */
export function ShortcutSheet() {
  const open = useStore(opened);
  useShortcuts({ '?': openShortcutSheet });
  return (
    open && (
      <Suspense fallback={null}>
        <List onClose={() => opened.set(false)} />
      </Suspense>
    )
  );
}
