import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Actor, Context } from '../events/entry.ts';

const NOBODY: Context = {
  actor: null,
  impersonator: null,
  channel: 'job',
  command: null,
  changeId: null,
  reason: null,
  requestId: null,
  ipAddress: null,
  userAgent: null,
};

/** Frozen with each step, so that nobody who holds an older context is surprised; the storage's cell is replaced, never the object. */
const storage = new AsyncLocalStorage<{ context: Context }>();

/** Who acts now, and under which circumstances; outside of any `withContext` nobody is known. */
export const currentContext = (): Context => storage.getStore()?.context ?? NOBODY;

/** A change of which only the database knows. */
export const DATABASE: Context = { ...NOBODY, actor: { kind: 'database', id: null }, channel: 'database' };

/** Whether nothing at all is known: the work runs outside of any `withContext`. */
export const isNobody = (context: Context): boolean => context === NOBODY;

/**
 * Whose work it was: where nobody was known yet, that of who became known later. A job or command of another name that
 * runs on its own behalf remains that.
 */
export const knownLater = (context: Context, later: Context | undefined): Context =>
  context.actor || !later?.actor || (context.command !== null && context.command !== later.command) ? context : later;

/**
 * Runs `work` with these parts of the context replaced; what is left out is inherited. The former context stands
 * again when `work` ends, whether it returned or threw, and interleaved calls never see each other's.
 */
export function withContext<Result>(parts: Partial<Context>, work: () => Result): Result {
  return storage.run({ context: { ...currentContext(), ...parts } }, work);
}

/** Replaces parts of the context for the rest of the present `withContext`: for what becomes known only on the way, such as the actor after signing in. */
export function amendContext(parts: Partial<Context>): void {
  const cell = storage.getStore();
  if (!cell) throw new Error('amendContext() outside of withContext(): there is no context to amend');
  cell.context = { ...cell.context, ...parts };
}

/**
 * Runs `work` as one change set named `command`: all events of its transactions share one change id.
 * Inside another change set it is part of that one.
 */
export function changeSet<Result>(command: string, work: () => Result): Result {
  const outer = currentContext();
  return withContext({ changeId: outer.changeId ?? randomUUID(), command: outer.changeId ? outer.command : command }, work);
}

/** The actor of a job or script, by its name. */
export const job = (name: string): Actor => ({ kind: 'system', id: name });

/** The actor that somebody signed in is, by their id. */
export const user = (id: string): Actor => ({ kind: 'user', id });

/** A request without sign-in. */
export const ANONYMOUS: Actor = { kind: 'anonymous', id: null };
