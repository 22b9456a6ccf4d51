/** One server-sent event, as the HTML standard reads it. */
export interface ServerSent {
  /** `message` where the server gave it no other type. */
  readonly type: string;
  readonly data: string;
}

/** The events in a stream of text that comes in pieces of any size; what is incomplete at the end is no event. */
export async function* serverSent(pieces: AsyncIterable<string>): AsyncGenerator<ServerSent, void> {
  let event = blank();
  for await (const line of linesOf(pieces)) {
    if (line !== '') {
      read(line, event);
      continue;
    }
    if (event.type !== '' || event.data.length) yield { type: event.type || 'message', data: event.data.join('\n') };
    event = blank();
  }
}

interface Unfinished {
  type: string;
  readonly data: string[];
}

const blank = (): Unfinished => ({ type: '', data: [] });

function read(line: string, event: Unfinished): void {
  const colon = line.indexOf(':');
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (field === 'event') event.type = value;
  else if (field === 'data') event.data.push(value);
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  // Joined only where a line ends: a long one that comes in many pieces would be copied as often.
  let begun: string[] = [];
  for await (const piece of pieces) {
    const lines = piece.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield [...begun, line].join('').replace(/\r$/, '');
      begun = [];
    }
    begun.push(last);
  }
}
