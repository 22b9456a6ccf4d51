import type { Client } from 'pg';
import { type Bed, fillCards, makeBed } from './bed.ts';
import { cleanSlate } from './capture/clean-slate.ts';
import type { Contender } from './capture/contender.ts';
import { mikroOrmContenders } from './capture/mikro-orm.ts';
import { MEASURES, oneRound, type Measure } from './capture/round.ts';
import type { Spent } from './capture/saver.ts';
import { SaverProcess } from './capture/saver-process.ts';
import { drain } from './drain.ts';
import { fillLog } from './fill-log.ts';

/** Events that a round has numbered: few, so that an empty log stays one. */
const DRAINED = 10_000;

export const FIGURES = [...MEASURES, 'numbering'] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Readonly<Record<Figure, Spent>>;

/** A database with its log, and who writes. */
export class Stand {
  readonly name: 'empty' | 'full';
  readonly #bed: Bed;
  readonly #saver: SaverProcess;
  readonly #client: Client;
  readonly #watcher: Client;

  private constructor(name: 'empty' | 'full', parts: { bed: Bed; saver: SaverProcess; client: Client; watcher: Client }) {
    this.name = name;
    this.#bed = parts.bed;
    this.#saver = parts.saver;
    this.#client = parts.client;
    this.#watcher = parts.watcher;
  }

  static async open(name: 'empty' | 'full'): Promise<Stand> {
    const bed = await makeBed();
    await fillCards(bed);
    const { owner, app, sequencer } = bed;
    const contender = mikroOrmContenders.find((one) => one.name === 'hooks and triggers') as Contender;
    const saver = await SaverProcess.start(contender, { logins: { owner, app, sequencer }, peers: '' });
    return new Stand(name, { bed, saver, client: await bed.client(), watcher: await bed.client() });
  }

  async fill(events: number): Promise<void> {
    const started = Date.now();
    await fillLog(this.#bed.sequencer, events);
    await this.#client.query('vacuum analyze audit_event');
    await this.#client.query('checkpoint');
    const { rows } = await this.#client.query<{ bytes: string; partitions: string }>(
      `select sum(pg_total_relation_size(relid)) as bytes, count(*) filter (where isleaf) as partitions from pg_partition_tree('audit_event')`,
    );
    const [bytes, partitions] = [Number(rows[0]?.bytes), rows[0]?.partitions];
    const minutes = ((Date.now() - started) / 60_000).toFixed(1);
    console.log(`${events} events in ${partitions} months, ${(bytes / 1e9).toFixed(1)} GB with all indexes, written in ${minutes} minutes`);
  }

  async measure(round: number): Promise<Figures> {
    const connections = { client: this.#client, watcher: this.#watcher };
    const { spent } = await oneRound(this.#saver, connections, (round + 1) * 20);
    await cleanSlate(this.#client, this.#saver.contender);
    const { eventsPerSecond } = await drain(this.#bed, DRAINED);
    // What numbering takes of a processor, nobody can tell from what wrote the inbox before.
    return { ...(spent as Record<Measure, Spent>), numbering: { wall: 1_000_000 / eventsPerSecond, cpu: Number.NaN } };
  }

  async close(): Promise<void> {
    this.#saver.end();
    await this.#client.end();
    await this.#watcher.end();
    await this.#bed.stop();
  }
}
