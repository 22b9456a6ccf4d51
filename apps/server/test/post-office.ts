import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Patience } from '../src/messages/jobs.ts';

/** A queue that gives a dead node ten seconds, the least that there is. */
export const IMPATIENT: Patience = { heartbeat: 10, look: 1, retry: 1 };

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, as they came. */
  readonly raw: string;
}

/** A mail server on a free port that takes whatever comes, or answers with what `refuse` says. */
export async function mailServer() {
  const mails: Mail[] = [];
  const state = { refuse: null as { code: number; message: string } | null, connections: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onConnect: (_, done) => {
      state.connections++;
      done();
    },
    onRcptTo: (_, __, done) => done(state.refuse && Object.assign(new Error(state.refuse.message), { responseCode: state.refuse.code })),
    onData: (stream, { envelope }, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(parts).toString() });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    mails,
    state,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An HTTP server on a free port: an SMS provider, or a push service. */
export async function httpReceiver() {
  const posted: Posted[] = [];
  const state = { answer: (to: ServerResponse): void => void to.writeHead(201).end() };
  const server = createServer((request, answer) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      posted.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) });
      state.answer(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { posted, state, host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}`, close };
}
