/** An element of an array: its text, null, or an array of the next dimension. */
export type Elements = readonly (string | null | Elements)[];

/** Reads `{a,"b,c",NULL,{…}}`, as the database and the ORM write arrays; null for what isn't one. */
export function elementsOf(text: string): Elements | null {
  const start = /^\s*(\[[-+\d:[\]]+\]=)?\{/.exec(text)?.[0].length;
  if (start === undefined) return null;
  const reader = { text, at: start };
  const elements = readArray(reader);
  return elements && reader.at === text.length ? elements : null;
}

interface Reader {
  readonly text: string;
  at: number;
}

/** From behind its opening brace to behind its closing one. */
function readArray(reader: Reader): Elements | null {
  const elements: (string | null | Elements)[] = [];
  if (reader.text[reader.at] === '}') {
    reader.at++;
    return elements;
  }
  for (;;) {
    if (reader.text[reader.at] === '{') {
      reader.at++;
      const inner = readArray(reader);
      if (!inner) return null;
      elements.push(inner);
    } else elements.push(reader.text[reader.at] === '"' ? readQuoted(reader) : readPlain(reader));
    const end = reader.text[reader.at++];
    if (end === '}') return elements;
    if (end !== ',') return null;
  }
}

function readQuoted(reader: Reader): string {
  let value = '';
  for (reader.at++; reader.at < reader.text.length && reader.text[reader.at] !== '"'; reader.at++) {
    if (reader.text[reader.at] === '\\') reader.at++;
    value += reader.text[reader.at] ?? '';
  }
  reader.at++;
  return value;
}

/** Without quotes it may be null, in letters of either size. */
function readPlain(reader: Reader): string | null {
  const from = reader.at;
  while (reader.at < reader.text.length && !/[,{}]/.test(reader.text[reader.at] as string)) reader.at++;
  const value = reader.text.slice(from, reader.at).trim();
  return /^null$/i.test(value) ? null : value;
}
