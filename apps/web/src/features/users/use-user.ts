import { useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import { startSight } from '../../api/sight.ts';
import { useEntered } from '../../api/use-entered.ts';
import type { Role, UserView } from '../../api/views.ts';
import { notify } from '../../ui/notice.tsx';
import { useLiveEvents } from '../trail/use-live-events.ts';
import type { Corrected } from './correct-dialog.tsx';
import type { Charge } from './assign-dialog.tsx';

export interface UserAtHand {
  readonly user: UserView | undefined;
  readonly problem: Problem | null;
  readonly isPending: boolean;
  readonly retry: () => void;
}

/** One user as they stand, read again whenever something about them is recorded. */
export function useUser(id: string): UserAtHand {
  const queries = useQueryClient();
  const queryKey = ['user', id];
  const { data, error, isPending, refetch } = useQuery({ queryKey, queryFn: ({ signal }) => client.users.get.query({ id }, { signal }) });
  const refresh = () => void queries.invalidateQueries({ queryKey });
  useLiveEvents({ root: `User:${id}` }, { onEvents: refresh, onStarted: refresh });
  return { user: data, problem: error && problemOf(error), isPending, retry: () => void refetch() };
}

export interface UserActs {
  readonly changeRole: (input: { readonly role: Role; readonly level: number; readonly reason: string }) => Promise<void>;
  readonly correct: (input: Corrected & { readonly reason: string }) => Promise<void>;
  readonly disable: (reason: string) => Promise<void>;
  readonly enable: (reason: string) => Promise<void>;
  readonly signOut: (reason: string) => Promise<void>;
  /** From then on the pages are those of this person. */
  readonly seeAs: (reason: string) => Promise<void>;
  readonly resetFactor: (reason: string) => Promise<void>;
  readonly unlink: (link: string, reason: string) => Promise<void>;
  readonly assign: (charge: Charge, reason: string) => Promise<void>;
  readonly endResponsibility: (id: string, reason: string) => Promise<void>;
  readonly resend: () => Promise<void>;
  readonly withdraw: (reason: string) => Promise<void>;
  /** The whole address of a link that works once. */
  readonly takeLink: () => Promise<string>;
}

/** What an admin does with a user. Each holds at once; what is refused is thrown, and the user read again. */
export function useUserActs({ id, version, name, role, invitation }: UserView): UserActs {
  const queries = useQueryClient();
  const enter = useEntered(undefined);
  const settled = (user: UserView) => {
    queries.setQueryData(['user', id], user);
    void queries.invalidateQueries({ queryKey: ['users'] });
    void queries.invalidateQueries({ queryKey: ['people'] });
  };
  const run = async (work: Promise<UserView>, done: string) => {
    try {
      settled(await work);
      notify({ text: done });
    } catch (thrown) {
      // What it rests on may have changed: the page behind the dialog shows what stands, and another try goes by that.
      await queries.invalidateQueries({ queryKey: ['user', id] });
      throw thrown;
    }
  };
  const kind = role === 'coordinator' ? 'coordinates' : 'supervises';
  return {
    correct: (input) => run(client.users.correct.mutate({ id, version, ...input }), 'Corrected.'),
    changeRole: (input) => run(client.users.changeRole.mutate({ id, version, ...input }), 'Changed. Every other admin is told.'),
    disable: (reason) => run(client.users.disable.mutate({ id, version, reason }), `${name} is disabled, and out everywhere`),
    enable: (reason) => run(client.users.enable.mutate({ id, version, reason }), `${name} is enabled again`),
    signOut: (reason) => run(client.users.signOutEverywhere.mutate({ id, reason }), `${name} is signed out everywhere`),
    seeAs: async (reason) => {
      await startSight(id, reason);
      await enter();
    },
    resetFactor: (reason) =>
      run(
        client.users.resetSecondFactor.mutate({ id, version, reason }),
        `${name} signs in without a second factor, and is out everywhere`,
      ),
    unlink: (link, reason) => run(client.users.unlinkProvider.mutate({ id, version, link, reason }), `${name} no longer signs in by it`),
    assign: (charge, reason) => run(client.users.assign.mutate({ holder: id, kind, ...charge, reason }), 'Assigned'),
    endResponsibility: (held, reason) => run(client.users.endResponsibility.mutate({ id: held, reason }), 'Taken away'),
    resend: () => run(client.users.resendInvitation.mutate({ id, version: invitation?.version ?? null }), 'The invitation is on its way'),
    withdraw: (reason) => run(client.users.withdrawInvitation.mutate({ id, version, reason }), 'The invitation is withdrawn'),
    takeLink: async () => `${location.origin}${(await client.users.invitationLink.mutate({ id })).path}`,
  };
}
