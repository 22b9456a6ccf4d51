/**
 * Reads the row that begins at `start` of a text, in PostgreSQL's form: `(1,"a ""b""",,"")`, where nothing is null and
 * `""` is an empty text. Answers with its values, or with so many of them, and with where they end.
 *
 * @throws SyntaxError where no whole row stands there.
 */
export function readRecord(text: string, start: number, count = Infinity): { readonly values: (string | null)[]; readonly end: number } {
  if (text[start] !== '(') throw new SyntaxError(`no row begins at character ${start}`);
  const values: (string | null)[] = [];
  let at = start;
  do {
    const value = readValue(text, at + 1);
    values.push(value.text);
    at = value.end;
  } while (text[at] === ',' && values.length < count);
  if (values.length < count && text[at] !== ')') throw new SyntaxError('a row has no end');
  return { values, end: at + 1 };
}

interface ReadValue {
  readonly text: string | null;
  readonly end: number;
}

function readValue(text: string, start: number): ReadValue {
  if (text[start] === '"') return readQuoted(text, start + 1);
  const end = endOfBare(text, start);
  return { text: end === start ? null : text.slice(start, end), end };
}

function endOfBare(text: string, start: number): number {
  let end = start;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === COMMA || code === CLOSING) break;
  }
  return end;
}

/** Within quotes a quote and a backslash are written twice. */
function readQuoted(text: string, start: number): ReadValue {
  let end = start;
  let doubled = false;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code !== QUOTE && code !== BACKSLASH) continue;
    if (text.charCodeAt(end + 1) !== code) break;
    doubled = true;
    end++;
  }
  if (text[end] !== '"') throw new SyntaxError('a quoted value has no end');
  const value = text.slice(start, end);
  return { text: doubled ? value.replace(/(["\\])\1/g, '$1') : value, end: end + 1 };
}

const [COMMA, CLOSING, QUOTE, BACKSLASH] = [',', ')', '"', '\\'].map((character) => character.charCodeAt(0));
