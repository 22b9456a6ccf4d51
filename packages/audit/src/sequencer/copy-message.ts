import { Query, type Client, type Connection } from 'pg';

/** What the driver's connection can do besides what its types say. */
interface CopyingConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * Sends statements, one of which is a `copy … from stdin`, together with that copy's data: one message, one answer.
 * A copy that is never begun, because a statement before it failed, costs nothing: the server ignores data that it didn't ask
 * for, as the protocol demands of it.
 *
 * Rejects with the first error; the connection is then in a failed transaction where the statements began one.
 */
export function sendCopy(db: Client, statements: string, data: readonly Buffer[]): Promise<void> {
  return new Promise((done, failed) => {
    const query = new Query(statements, (error) => (error ? failed(error) : done()));
    const copying = Object.assign(query, {
      submit(connection: Connection) {
        const { stream } = connection;
        stream.cork();
        connection.query(statements);
        for (const piece of data) (connection as CopyingConnection).sendCopyFromChunk(piece);
        (connection as CopyingConnection).endCopyFrom();
        stream.uncork();
        return null;
      },
      // The answer to it is on its way already; the driver's own query would call the copy off here.
      handleCopyInResponse: () => undefined,
    });
    db.query(copying);
  });
}
