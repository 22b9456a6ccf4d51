import { useEffect, useRef } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { signedOut } from '../../api/queries.ts';
import type { EventFilter, EventView } from '../../api/views.ts';

interface Listener {
  readonly onEvents: (events: readonly EventView[]) => void;
  /** Listening began, or began anew after something may have been missed: read again what is shown. */
  readonly onStarted: () => void;
}

/** Before listening that the server ended is tried again. */
const AGAIN = 4000;

/** Hears what is recorded under a filter from now on, for pages that show something else than the record itself. */
export function useLiveEvents(filter: EventFilter, listener: Listener): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  const key = JSON.stringify(filter);
  useEffect(() => listen(JSON.parse(key) as EventFilter, latest), [key]);
}

function listen(filter: EventFilter, latest: { readonly current: Listener }): () => void {
  let timer = 0;
  let subscription = subscribe();
  function subscribe() {
    return client.audit.live.subscribe(filter, {
      onStarted: () => latest.current.onStarted(),
      onData: ({ data }) => data.events.length && latest.current.onEvents(data.events),
      onError: (error) => {
        const { code } = problemOf(error);
        signedOut(error);
        if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN') return;
        // Away for too long to be told everything: begin anew, which reads what is shown again.
        timer = window.setTimeout(() => (subscription = subscribe()), code === 'PRECONDITION_FAILED' ? 0 : AGAIN * (0.5 + Math.random()));
      },
    });
  }
  return () => {
    clearTimeout(timer);
    subscription.unsubscribe();
  };
}
