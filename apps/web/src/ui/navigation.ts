import type { RouterHistory } from '@tanstack/react-router';

let last: 'back' | 'other' = 'other';

/** Remembers how the present page was reached: going back restores what going forward begins anew. */
export function watchNavigation(history: RouterHistory): void {
  last = 'other';
  history.subscribe(({ action: { type } }) => {
    last = type === 'BACK' || type === 'FORWARD' || type === 'GO' ? 'back' : 'other';
  });
}

export const lastNavigation = (): 'back' | 'other' => last;
