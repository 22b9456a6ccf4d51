import { describe, expect, test } from 'vitest';
import { type ServerSent, serverSent } from '../src/server-sent.ts';

async function read(...pieces: string[]): Promise<ServerSent[]> {
  const events: ServerSent[] = [];
  for await (const event of serverSent(ReadableStream.from(pieces))) events.push(event);
  return events;
}

describe('server-sent events', () => {
  test('are the same wherever the text is cut into pieces', async () => {
    const text = 'event: connected\ndata: {}\n\n\n: a comment\nid: 7\ndata: {"to":7}\n\n\nevent: ping\ndata: \n\n';
    const whole = [
      { type: 'connected', data: '{}' },
      { type: 'message', data: '{"to":7}' },
      { type: 'ping', data: '' },
    ];
    expect(await read(text)).toEqual(whole);
    expect(await read(...text.split(''))).toEqual(whole);
    for (let at = 0; at < text.length; at++) expect(await read(text.slice(0, at), text.slice(at))).toEqual(whole);
  });

  test('join lines of data, take carriage returns, and leave out what is incomplete', async () => {
    expect(await read('data: one\r\ndata:two\r\n\r\ndata: half')).toEqual([{ type: 'message', data: 'one\ntwo' }]);
  });
});
