import { once } from 'node:events';
import { WebSocket } from 'ws';
import { shapeOf, toSnake } from '@countersign/api/naming';
import { pathParameters, type Route, takesBody } from '@countersign/api/rest/route';

/** What came back, whatever way it was asked. */
export interface Answer {
  /** As HTTP has it; over a websocket what the error says of itself. */
  readonly status: number;
  /** Everything that came, byte for byte. */
  readonly text: string;
}

/** One call of a procedure. */
export interface Asked {
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  readonly input: unknown;
}

export const bearer = (token: string | null): Record<string, string> => (token === null ? {} : { authorization: `Bearer ${token}` });

async function fetched(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  return { status: answer.status, text: await answer.text() };
}

/** A procedure over HTTP. */
export function overHttp(url: string, token: string | null, { name, kind, input }: Asked): Promise<Answer> {
  const headers = { ...bearer(token), 'content-type': 'application/json' };
  if (kind === 'mutation') return fetched(`${url}/trpc/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
  return fetched(`${url}/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers });
}

/** A route of the REST interface, asked with the input that its procedure would get. */
export function overRest(url: string, token: string | null, route: Route, input: Readonly<Record<string, unknown>>): Promise<Answer> {
  const fields = toSnake(shapeOf(route.input), input) as Record<string, unknown>;
  const inPath = pathParameters(route.path);
  const path = route.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(fields[name])));
  const rest = Object.entries(fields).filter(([name]) => !inPath.includes(name));
  if (takesBody(route)) {
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    return fetched(`${url}${path}`, { method: route.method, headers, body: JSON.stringify(Object.fromEntries(rest)) });
  }
  const query = rest.flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)] as [string, string]));
  return fetched(`${url}${path}?${new URLSearchParams(query).toString()}`, { method: route.method, headers: bearer(token) });
}

/** A websocket on which procedures are called. */
export interface OpenSocket {
  call(asked: Asked): Promise<Answer>;
  /** Subscribes; returns everything that comes, as it comes. */
  follow(name: string, input: unknown): { readonly text: () => string };
  /** The code with which the server closed it. */
  readonly closed: Promise<number>;
  close(): void;
}

export async function openSocket(url: string, token: string | null): Promise<OpenSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/trpc`, { headers: bearer(token) });
  await once(socket, 'open');
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const waiting = new Map<number, (text: string) => void>();
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    waiting.get(Number(/^\{"id":(\d+)/.exec(text)?.[1]))?.(text);
  });
  let last = 0;
  const send = (message: object, heard: (text: string) => void) => {
    const id = ++last;
    waiting.set(id, heard);
    socket.send(JSON.stringify({ id, ...message }));
  };
  return {
    call: ({ name, kind, input }) =>
      new Promise((resolve) =>
        send({ method: kind, params: { path: name, input } }, (text) => {
          const { error } = JSON.parse(text) as { error?: { data: { httpStatus: number } } };
          resolve({ status: error?.data.httpStatus ?? 200, text });
        }),
      ),
    follow: (path, input) => {
      const texts: string[] = [];
      send({ method: 'subscription', params: { path, input } }, (text) => texts.push(text));
      return { text: () => texts.join('\n') };
    },
    closed,
    close: () => socket.terminate(),
  };
}

/** The same over server-sent events; `text` is what has come so far. */
export async function listen(url: string, token: string, name: string, input: unknown) {
  const abort = new AbortController();
  const answer = await fetch(`${url}/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    headers: { ...bearer(token), accept: 'text/event-stream' },
    signal: abort.signal,
  });
  const parts: string[] = [];
  const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  };
  // Ends with the abort.
  void read().catch(() => undefined);
  return { text: () => parts.join(''), close: () => abort.abort() };
}
