// Where statements begin and end in a message to the database, as far as its text tells: comments and quotes are looked past.

/** What may hold a semicolon or a word that is none of the statement's own; each as far as it goes, to the end where nothing ends it. */
const PASSAGES =
  /--[^\r\n]*|\/\*|(?<![\w$])e'|'[^']*(?:'|$)|"[^"]*(?:"|$)|(?<![\w$])\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[;()]/gi;

/** The statements of a message, without comments around and within them; what stands in quotes stands there still. */
export function statementsOf(message: string): string[] {
  const statements: string[] = [];
  let statement = '';
  let at = 0;
  let within = /\bbegin\s+atomic\b/i.test(message) ? 1 : 0; // a function's body ends with END, and may hold what no parenthesis does
  PASSAGES.lastIndex = 0;
  for (let found = PASSAGES.exec(message); found; found = PASSAGES.exec(message)) {
    const [passage] = found;
    const end = endOf(message, found.index, passage);
    const isComment = passage.startsWith('--') || passage === '/*';
    const isEnd = passage === ';' && within === 0;
    if (passage === '(') within++;
    if (passage === ')') within--;
    statement += message.slice(at, found.index) + (isComment ? ' ' : isEnd ? '' : message.slice(found.index, end));
    if (isEnd) {
      statements.push(statement.trim());
      statement = '';
    }
    PASSAGES.lastIndex = at = end;
  }
  return [...statements, (statement + message.slice(at)).trim()].filter((one) => one !== '');
}

function endOf(message: string, from: number, passage: string): number {
  if (passage === '/*') return endOfComment(message, from);
  if (/^e'/i.test(passage)) return endOfEscaped(message, from + passage.length);
  if (!passage.startsWith('$')) return from + passage.length;
  const end = message.indexOf(passage, from + passage.length);
  return end === -1 ? message.length : end + passage.length;
}

/** A backslash takes what follows it along, and of two quotes one is meant. */
function endOfEscaped(message: string, from: number): number {
  const marks = /\\|'/g;
  marks.lastIndex = from;
  for (let mark = marks.exec(message); mark; mark = marks.exec(message)) {
    if (mark[0] === "'" && message[marks.lastIndex] !== "'") return marks.lastIndex;
    marks.lastIndex++;
  }
  return message.length;
}

/** Comments stand within comments. */
function endOfComment(message: string, from: number): number {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = from;
  let depth = 0;
  for (let edge = edges.exec(message); edge; edge = edges.exec(message)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return edges.lastIndex;
  }
  return message.length;
}

/**
 * Messages for these statements: each of that kind by itself, and what stands between two of them, or behind the last, as one, which happens as a
 * whole or not at all.
 */
export function around(isOfThatKind: (statement: string) => boolean, statements: readonly string[]): string[] {
  const messages: string[] = [];
  let between: string[] = [];
  const together = () => {
    if (between.length) messages.push(between.join('; '));
    between = [];
  };
  for (const one of statements) {
    if (!isOfThatKind(one)) between.push(one);
    else {
      together();
      messages.push(one);
    }
  }
  together();
  return messages;
}
