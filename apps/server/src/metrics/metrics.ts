import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { System } from '../system.ts';
import { DatabaseClock } from './database-clock.ts';

export interface MetricsOptions {
  readonly system: Pick<System, 'orm' | 'trail' | 'services' | 'waitingFor'>;
  /** Websockets that are open. */
  readonly sockets: () => number;
  /** Whether a demonstration is being written, whose events bear the times of past weeks. */
  readonly filling: () => boolean;
}

/** An answered request. */
export interface Answered {
  readonly method: string;
  /** The pattern, never the path: there must be few of them. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** From the hot path's few milliseconds to a node that catches up. Seconds. */
const FEED_BUCKETS = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const REQUEST_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds: nothing of a demonstration's past is nearer to the present, and no visitor's edit takes so long. */
const PAST = 600;

/** What a Prometheus server may know of this node; `docs/grafana-dashboard.json` shows it. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'countersign_http_requests_total',
    help: 'Requests that were answered, by the pattern of their route.',
    labelNames: ['method', 'route', 'status'],
    registers: [this.#registry],
  });
  readonly #durations = new Histogram({
    name: 'countersign_http_request_seconds',
    help: 'Seconds from a request to the head of its answer.',
    labelNames: ['route'],
    buckets: REQUEST_BUCKETS,
    registers: [this.#registry],
  });
  readonly #commitToFeed = new Histogram({
    name: 'countersign_commit_to_feed_seconds',
    help: "Seconds from an event, by the database's clock, to its publication in this node's feed: the rest of its transaction, the commit, and the sequencing.",
    buckets: FEED_BUCKETS,
    registers: [this.#registry],
  });
  readonly #clock: DatabaseClock;
  readonly #leave: () => void;

  constructor({ system, sockets, filling }: MetricsOptions) {
    const { orm, trail, services } = system;
    this.#clock = new DatabaseClock(orm);
    collectDefaultMetrics({ register: this.#registry });
    this.#gauge('countersign_feed_position', "The last position of the log that this node's feed has told of.", () => trail.feed.position);
    this.#gauge(
      'countersign_inbox_flushes',
      'Flushes that the last look into the inbox found and that are not numbered yet.',
      () => trail.sequencer.waiting,
    );
    this.#gauge(
      'countersign_sequencing_lag_seconds',
      'How long something has been known to wait for its number.',
      () => system.waitingFor() / 1_000,
    );
    this.#gauge('countersign_sequencer_connected', 'Whether the sequencer of this node has its connection to the database.', () =>
      Number(trail.sequencer.backend !== null),
    );
    this.#gauge('countersign_sockets_open', 'Websockets that are open.', sockets);
    this.#gauge(
      'countersign_live_subscriptions',
      'Live feeds that are being followed, over whatever transport.',
      () => services.lanes.subscribers,
    );
    this.#gauge('countersign_live_lanes', 'Combinations of rights and filter that live feeds share.', () => services.lanes.size);
    this.#gauge(
      'countersign_database_clock_offset_seconds',
      "How far the database's clock is ahead of this process's.",
      () => this.#clock.offset / 1_000,
    );
    this.#leave = trail.feed.onBatch(({ entries }) => {
      const now = this.#clock.now();
      const past = filling() ? PAST : Infinity;
      for (const { entry } of entries) {
        const seconds = (now - instantOf(entry.occurredAt)) / 1_000;
        if (seconds < past) this.#commitToFeed.observe(Math.max(0, seconds));
      }
    });
  }

  answered({ method, route, status, seconds }: Answered): void {
    this.#requests.inc({ method, route, status });
    this.#durations.observe({ route }, seconds);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, in Prometheus's text form. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  async close(): Promise<void> {
    this.#leave();
    await this.#clock.close();
    this.#registry.clear();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => gauge.set(read()) });
  }
}

/** Milliseconds of an instant with microseconds: `Date.parse` stops at the third digit. */
const instantOf = (text: string): number => Date.parse(text) + Number(/\.\d{3}(\d{3})/.exec(text)?.[1] ?? 0) / 1_000;
