import { createStore } from '../../ui/store.ts';

/** Choices that are remembered. */
const KEPT = 6;

const key = (user: string) => `countersign.recent.${user}`;

/**
 * What somebody chose lately, the latest first: ids only, since names of people have no business in a browser that others
 * use too. Each person at this browser has a list of their own.
 */
export function recentOf(user: string) {
  const store = createStore<readonly string[]>(read(user));
  return {
    store,
    add: (id: string) => {
      store.set([id, ...store.get().filter((one) => one !== id)].slice(0, KEPT));
      try {
        localStorage.setItem(key(user), JSON.stringify(store.get()));
      } catch {
        // Storage may be forbidden: then it holds until the page is closed.
      }
    },
  };
}

function read(user: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(user)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, KEPT) : [];
  } catch {
    return [];
  }
}
