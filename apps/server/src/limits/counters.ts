import { Pool } from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';

/** Counts by key, for so many seconds from the first; any number of nodes count together. */
export interface Counter {
  /** Adds to a key, without a limit: says how many there are now, and when they are forgotten. */
  add(key: string, points: number): Promise<Counted>;
  /** Takes the one place that there is at a time for a key, for so many seconds; or says how long it is taken. */
  turn(key: string, seconds: number): Promise<{ readonly taken: boolean; readonly msLeft: number }>;
  forget(key: string): Promise<void>;
}

export interface Counted {
  readonly points: number;
  readonly msLeft: number;
}

export interface Counters {
  /** A counter of its own name. */
  readonly of: (name: string, seconds: number) => Counter;
  readonly close: () => Promise<void>;
}

/** Apart from the application's: what counts must not wait behind what works. */
const CONNECTIONS = 3;
/** Milliseconds after which a database that doesn't answer counts as away. */
const PATIENCE = 2_000;

/** Counters on the database, for a login that may write `rate_counts`. */
export function openCounters(url: string): Counters {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    application_name: 'countersign limits',
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
    allowExitOnIdle: true,
  });
  // The next question connects anew.
  pool.on('error', () => undefined);
  let closed: Promise<void> | null = null;
  return {
    of: (name, seconds) => counterOn(pool, name, seconds),
    close: () => (closed ??= pool.end()),
  };
}

function counterOn(pool: Pool, keyPrefix: string, duration: number): Counter {
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_counts',
    tableCreated: true,
    keyPrefix,
    points: 1,
    duration,
  });
  return {
    add: async (key, points) => {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, points);
      return { points: consumedPoints, msLeft: msBeforeNext };
    },
    turn: async (key, seconds) => {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(`turn ${key}`, 1, { customDuration: seconds });
      return { taken: consumedPoints === 1, msLeft: msBeforeNext };
    },
    forget: async (key) => {
      await Promise.all([limiter.delete(key), limiter.delete(`turn ${key}`)]);
    },
  };
}
