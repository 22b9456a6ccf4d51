import { useBlocker } from '@tanstack/react-router';

/** Leaving with something typed asks first, by whatever way; `saved` says that it is not lost after all. */
export function useUnsaved(dirty: boolean, saved?: { readonly current: boolean }): void {
  useBlocker({
    shouldBlockFn: () => dirty && !saved?.current && !window.confirm('Leave without saving what you typed?'),
    enableBeforeUnload: () => dirty && !saved?.current,
    disabled: !dirty,
  });
}
