import { AsyncLocalStorage } from 'node:async_hooks';

const injected = new AsyncLocalStorage<Date>();

/** What time it is for the domain: the process's clock, or the one that `withClock` put in its place. */
export const now = (): Date => new Date(injected.getStore() ?? Date.now());

/** Runs `work` as if it were `at`: for demo data that tell of past weeks, and for tests. */
export const withClock = <Result>(at: Date, work: () => Result): Result => injected.run(at, work);
