import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { PreferencesInput, PreferencesView } from '../../api/views.ts';
import { notify } from '../../ui/notice.tsx';

export const PREFERENCES = ['notifications', 'preferences'];

/** Saves a change of one's wishes. It shows at once, and what is chosen next rests on it, however late the answer comes. */
export function useSavePreferences(): (change: PreferencesInput) => void {
  const queries = useQueryClient();
  // While another change is on its way, an answer tells what was wanted before.
  const isLast = () => queries.isMutating({ mutationKey: PREFERENCES }) === 1;
  const { mutate } = useMutation({
    mutationKey: PREFERENCES,
    // One after the other, in the order in which they were chosen.
    scope: { id: PREFERENCES.join() },
    mutationFn: (change: PreferencesInput) => client.notifications.setPreferences.mutate(change),
    onMutate: async (change) => {
      queries.setQueryData<PreferencesView>(PREFERENCES, (wishes) => wishes && changed(wishes, change));
      await queries.cancelQueries({ queryKey: PREFERENCES });
    },
    onSuccess: (wishes) => {
      if (isLast()) queries.setQueryData(PREFERENCES, wishes);
      notify({ text: 'Saved' });
    },
    onError: (thrown) => {
      const { message, details } = problemOf(thrown);
      notify({ text: `Not saved. ${details ?? message}`, tone: 'refuse' });
      return isLast() ? queries.invalidateQueries({ queryKey: PREFERENCES }) : undefined;
    },
  });
  return mutate;
}

const changed = (wishes: PreferencesView, { turnedOff, ...others }: PreferencesInput): PreferencesView => ({
  ...wishes,
  ...others,
  kinds: turnedOff ? wishes.kinds.map((kind) => ({ ...kind, on: !turnedOff.includes(kind.name) })) : wishes.kinds,
});
