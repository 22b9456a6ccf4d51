import { useEffect, useSyncExternalStore } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { announce } from '../../ui/announcer.tsx';
import { newsOf, presentPeople } from './present-people.ts';

/** Before following that the server ended is tried again. */
const AGAIN = 4000;

/** Says that the reader has this record open, and hears who else has. Whoever looks at another tab isn't here; unless they are editing. */
export function usePresence(root: string, editing: boolean): void {
  const here = useVisible() || editing;
  useEffect(() => {
    if (!here) return;
    const leave = follow(root, editing);
    return () => leave();
  }, [root, editing, here]);
  // Not between two subscriptions of one page: nobody went.
  useEffect(() => () => presentPeople.set([]), [root]);
}

function follow(root: string, editing: boolean): () => void {
  let timer = 0;
  let subscription = subscribe();
  function subscribe() {
    return client.presence.live.subscribe(
      { root, editing },
      {
        onData: ({ people }) => {
          const news = newsOf(presentPeople.get(), people);
          presentPeople.set(people);
          if (news !== null) announce(news);
        },
        // Without a line nobody knows.
        onConnectionStateChange: ({ state, error }) => state === 'connecting' && error && presentPeople.set([]),
        onError: (error) => {
          presentPeople.set([]);
          // A page that can't show the record says why by itself.
          if (['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_ERROR'].includes(problemOf(error).code)) return;
          timer = window.setTimeout(() => (subscription = subscribe()), AGAIN * (0.5 + Math.random()));
        },
      },
    );
  }
  return () => {
    clearTimeout(timer);
    subscription.unsubscribe();
  };
}

const useVisible = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      document.addEventListener('visibilitychange', listener);
      return () => document.removeEventListener('visibilitychange', listener);
    },
    () => document.visibilityState === 'visible',
  );
