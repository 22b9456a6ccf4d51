import type { Json } from '@countersign/proof/canonical';
import { formerNames } from '../policy/former-names.ts';
import type { Context } from '../events/entry.ts';
import { MetadataError, type MetadataProblem } from '../events/errors.ts';
import type { ToldManual } from '../capture/inbox.ts';
import { checkedMetadata, type ManualAction } from '../policy/manual-action.ts';

/** Why the log won't take something that was told by hand; the cause says more than may stand in the log in clear. */
export interface RefusedManual {
  readonly problem: string;
  readonly cause?: MetadataError;
}

/**
 * Whether it is as `record` tells it, or what is wrong. Whoever has the application's password may insert any document:
 * under a declared action, with metadata of its schema, or not at all.
 */
export function refusedManual(manual: ToldManual, context: Context, actions: ReadonlyMap<string, ManualAction>): RefusedManual | null {
  const action = actionNamed(manual.action, actions);
  if (!action) return { problem: 'it is told by hand, under an action that is not declared for that' };
  if (manual.area !== action.area) return { problem: 'it is told by hand, in another area than that of its action' };
  const problems = problemsOf(action, manual.meta ?? {}, context);
  return problems && { problem: 'its metadata are not as its action demands', cause: new MetadataError(action.name, problems) };
}

/** What waited on a node's disk may come under the name that the action had before. */
const actionNamed = (name: string, actions: ReadonlyMap<string, ManualAction>): ManualAction | undefined =>
  actions.get(name) ??
  [...actions.values()].find((action) => formerNames(action.formerly, action.name, action.label).some((former) => former.name === name));

type Metadata = NonNullable<ToldManual['meta']>;

/** What the schema refuses; null where nothing. What `record` and the spool add isn't the schema's business. */
function problemsOf({ metadata: schema }: ManualAction, told: Metadata, context: Context): readonly MetadataProblem[] | null {
  const { undoes, token, deferred_since, ...own } = told;
  const isSaid = (value: Json | undefined, byContext: string | null | undefined) => value === undefined || value === byContext;
  const isAdded = isSaid(undoes, context.undoes) && isSaid(token, context.token) && isInstant(deferred_since);
  const checked = checkedMetadata(schema, isAdded ? own : told);
  if ('metadata' in checked) return null;
  // Unless the schema has fields of these names itself.
  return 'metadata' in checkedMetadata(schema, told) ? null : checked.problems;
}

const isInstant = (value: Json | undefined): boolean =>
  value === undefined || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
