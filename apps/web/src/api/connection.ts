import { createStore } from '../ui/store.ts';

/** How the page's one socket is. `retryAt` is when it will be tried again, `since` when it was lost: both in milliseconds. */
export type Connection =
  | { readonly state: 'idle' }
  | { readonly state: 'open' }
  | { readonly state: 'lost'; readonly since: number; readonly retryAt: number };

const store = createStore<Connection>({ state: 'idle' });

export const connection = {
  store,
  opened: () => store.set({ state: 'open' }),
  /** The first loss counts, however often it is tried in vain since. */
  lost: (retryAt: number) => store.update((now) => ({ state: 'lost', since: now.state === 'lost' ? now.since : Date.now(), retryAt })),
  /** On purpose, since nothing is live any more; an unwanted end is followed by `lost`. */
  closed: () => store.update((now) => (now.state === 'open' ? { state: 'idle' } : now)),
};
