import { Client } from 'pg';
import { FORGET_DEFERRED } from '../schema/deferred-rows.ts';
import { SubjectKeys } from '../values/protect.ts';

/** What a sequencer works with: one connection reads ahead while the other one writes. */
export class LogConnections {
  readonly reader: Client;
  readonly writer: Client;
  /** As the reader sees them. */
  readonly keys: SubjectKeys;

  private constructor(reader: Client, writer: Client) {
    this.reader = reader;
    this.writer = writer;
    this.keys = new SubjectKeys(reader);
  }

  /** Throws where either fails, and leaves none open. */
  static async open(connectionString: string): Promise<LogConnections> {
    const clients = [clientOf(connectionString), clientOf(connectionString)] as const;
    try {
      for (const client of clients) await client.connect();
      await clients[0].query(FORGET_DEFERRED);
    } catch (problem) {
      await ended(clients);
      throw problem;
    }
    return new LogConnections(...clients);
  }

  /** The backend that writes: its notifications are this node's own. */
  get backend(): number | null {
    return (this.writer as unknown as { processID: number | null }).processID;
  }

  close(): Promise<void> {
    return ended([this.reader, this.writer]);
  }
}

/** What is published must never be taken back by a crash, whatever the writers chose for themselves. */
function clientOf(connectionString: string): Client {
  const client = new Client({
    connectionString,
    application_name: 'countersign sequencer',
    options: '-c synchronous_commit=on -c timezone=UTC -c enable_seqscan=off -c jit=off',
  });
  client.on('error', () => undefined); // the query that was under way rejects; without a listener the process would end
  return client;
}

async function ended(clients: readonly Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
}
