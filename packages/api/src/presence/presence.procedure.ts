import type { z } from 'zod';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import { presenceInput, type presenceView } from '@countersign/domain/presence/presence.views';
import type { ApiContext } from '../context.ts';
import { signedIn } from '../execute.ts';
import { parseInput } from '../input.ts';
import type { Connection } from '../live/connection.ts';
import { subscription } from '../subscription.ts';
import { t } from '../trpc.ts';
import type { Presences } from './presences.ts';

type PresenceView = z.output<typeof presenceView>;

/**
 * AUD-25: who else has a record open, from now on. Whoever subscribes has it open themselves, as long as they do: there is nothing to
 * send when a tab is closed, and nothing is left of one that lost its line. Each step is complete, so that none need be replayed.
 */
export const presenceProcedure = t.procedure
  .input((raw: unknown) => raw as z.input<typeof presenceInput>)
  .subscription(
    subscription<Wish, PresenceView>({ name: 'presence.live', admit: admitted, steps: (wish, signal) => follow({ ...wish, signal }) }),
  );

interface Wish {
  readonly presences: Presences;
  readonly connection: Connection | null;
  readonly root: string;
  /** Whoever looks, who isn't told of themselves. */
  readonly self: string;
  readonly unseen: boolean;
  readonly editing: boolean;
}

async function admitted({ services: { presences }, connection, viewer }: ApiContext, raw: unknown): Promise<Wish> {
  const somebody = signedIn(await viewer());
  // A token that may not read cards opens none.
  checkScope(somebody, MATRIX.timecardRead);
  const { root, editing } = parseInput(presenceInput, raw, 'camel');
  await presences.admit(somebody, root);
  return { presences, connection, root, self: somebody.id, unseen: somebody.impersonator !== undefined, editing };
}

async function* follow({
  presences,
  connection,
  root,
  self,
  unseen,
  editing,
  signal,
}: Wish & { signal: AbortSignal }): AsyncGenerator<PresenceView, void> {
  // Whoever looks at the system as somebody else sees it isn't there as that person.
  const watch = await presences.open(root, unseen ? null : { person: self, editing });
  try {
    let told = '';
    while (!signal.aborted) {
      await watch.changed(signal);
      await connection?.room(signal);
      if (signal.aborted) return;
      const others = (watch.present ?? []).filter(({ person }) => person !== self);
      const names = await presences.names(others.map(({ person }) => person));
      const people = others.flatMap(({ person, editing: edits }) => {
        const name = names.get(person);
        return name === undefined ? [] : [{ id: person, name, editing: edits }];
      });
      const text = JSON.stringify(people);
      if (text !== told) yield { people };
      told = text;
    }
  } finally {
    watch.release();
  }
}
