import { user, withContext } from '@countersign/audit/context';
import type { Channel, Context } from '@countersign/audit/entry';
import type { Call } from '@countersign/domain/definition';
import { Refusal } from '@countersign/domain/errors';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import type { RecordedLog } from '@countersign/domain/record/reading/readings';
import { checkScope } from '@countersign/domain/people/token/token-scope.rules';
import { checkWriting } from '@countersign/domain/people/session/writing.rules';
import type { Definition, OutputOf } from './definition.ts';
import { parseInput } from './input.ts';
import type { Naming } from './naming.ts';

/** Who calls, and from where: told by the transport, never by the caller. */
export interface Caller {
  readonly viewer: Viewer | null;
  readonly channel: Channel;
  readonly requestId: string;
  readonly ipAddress: string | null;
  /** What the request said of its way, in its own words. */
  readonly forwardedFor?: string | null;
  readonly userAgent: string | null;
}

/** What running a definition needs. */
export interface Runtime {
  /** An entity manager of its own for each call. */
  readonly fork: () => Call['em'];
  /** AUD-29: what is read of it is recorded. */
  readonly log: RecordedLog;
  /** What is refused whoever asks, as among accounts that everybody has. @throws Refusal FORBIDDEN. */
  readonly forbid?: (name: string, input: unknown) => Promise<void>;
}

export interface Execution {
  readonly caller: Caller;
  readonly runtime: Runtime;
  /** How the caller names fields. Default `camel`. */
  readonly naming?: Naming;
}

/**
 * Runs a definition for a caller: checks who they are, their role and their input, and then, in the audit context of
 * the call, the definition itself, which checks how they stand to the record.
 * @throws Refusal for whatever the caller can mend.
 */
export async function execute<Defined extends Definition>(
  definition: Defined,
  rawInput: unknown,
  { caller, runtime, naming = 'camel' }: Execution,
): Promise<OutputOf<Defined>> {
  const viewer = signedIn(caller.viewer);
  if (!definition.permission[viewer.role]?.length)
    throw new Refusal('FORBIDDEN', 'Your role may not do this', `Ask an administrator: "${definition.summary}" is not open to your role.`);
  checkScope(viewer, definition.permission);
  if (definition.kind === 'command') checkWriting(viewer, definition);
  const input = parseInput(definition.input, rawInput === undefined ? {} : rawInput, naming);
  await runtime.forbid?.(definition.name, input);
  const result = await withContext(contextOf(viewer, caller), async () => {
    const answer = await runtime.log.during(definition.reads, (log) => definition.run(input as never, { em: runtime.fork(), viewer, log }));
    const record = definition.shows?.(answer as never, viewer) ?? null;
    if (record !== null) await runtime.log.opened(record);
    else if (viewer.impersonator && definition.kind === 'query' && !readsLog(definition)) await runtime.log.shown(definition.name);
    return answer;
  });
  // What the schema doesn't name stays here: the description of the interface is what leaves, and nothing else.
  return definition.output.parse(result) as OutputOf<Defined>;
}

/** Whether what it reads of the log is recorded as that. */
const readsLog = ({ reads }: Pick<Definition, 'reads'>) => reads !== undefined && reads !== 'decides';

/** AC-7: what is shown by something made by hand is recorded before it is, where somebody else looks through the viewer's eyes. */
export async function tellShown(
  name: string,
  viewer: Viewer,
  caller: Omit<Caller, 'viewer'>,
  log: Pick<RecordedLog, 'shown'>,
): Promise<void> {
  if (viewer.impersonator) await withContext(contextOf(viewer, caller), () => log.shown(name));
}

/** Who calls and by what way, as the log tells it. */
export const contextOf = (
  viewer: Viewer,
  { channel, requestId, ipAddress, forwardedFor = null, userAgent }: Omit<Caller, 'viewer'>,
): Context => ({
  actor: user(viewer.id),
  impersonator: viewer.impersonator?.id ?? null,
  channel,
  requestId,
  ipAddress,
  forwardedFor,
  userAgent,
  command: null,
  changeId: null,
  reason: null,
  ...(viewer.token && { token: viewer.token.id }),
});

/** @throws Refusal UNAUTHORIZED where nobody is signed in. */
export function signedIn(viewer: Viewer | null): Viewer {
  if (!viewer) throw new Refusal('UNAUTHORIZED', 'You are not signed in', 'Sign in, and repeat the request.');
  return viewer;
}
