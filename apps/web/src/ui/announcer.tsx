import { createStore, useStore } from './store.ts';

const said = createStore('');

/** Tells screen readers something, when they have finished what they are saying. */
export function announce(text: string): void {
  // The same words again are no change, and so would not be read.
  said.set(said.get() === text ? `${text}\u00A0` : text);
}

export const Announcer = () => (
  <div role="status" aria-live="polite" className="sr-only">
    {useStore(said)}
  </div>
);
