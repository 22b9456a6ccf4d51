import { parseArgs } from 'node:util';
import type { LiveFilter } from '../views.ts';

export const USAGE = `countersign tail: the live feed in a terminal

  --area, --action, --actor, --target, --root, --field, --text  VALUE
                     only events of these; each may be given several times: within
                     one any will do, across them all must. An actor is an id; targets
                     and roots are Type:id, or an id alone
  --since POSITION   begin after this position, 0 for everything; otherwise from now on
  --json             one event a line, as JSON, with exact values
  --url URL          where Countersign is; else COUNTERSIGN_URL, else http://localhost:3000
  --token TOKEN      a session's token; else COUNTERSIGN_TOKEN, else mail address and
                     password are asked for. Other users of this machine see what stands
                     in a command line: better use the variable
  --help             this text

Events go to standard output, everything else to standard error. It goes on by itself
after an interruption, and ends with Ctrl-C or when nobody reads its output any more.
`;

/** What was asked for at the command line. */
export interface TailOptions {
  readonly help: boolean;
  readonly url: string;
  /** Null: to be signed in. */
  readonly token: string | null;
  readonly json: boolean;
  readonly after: number | null;
  readonly filter: LiveFilter;
}

const FILTERS = ['area', 'action', 'actor', 'target', 'root', 'field', 'text'] as const satisfies readonly (keyof LiveFilter)[];
const several = { type: 'string', multiple: true } as const;

/** @throws Error whose message says what is wrong with the arguments. */
export function tailOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): TailOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      json: { type: 'boolean', default: false },
      url: { type: 'string' },
      token: { type: 'string' },
      since: { type: 'string' },
      area: several,
      action: several,
      actor: several,
      target: several,
      root: several,
      field: several,
      text: several,
    },
  });
  const { help, json, since } = values;
  if (since !== undefined && !/^\d{1,15}$/.test(since)) throw new Error('--since must be the position of an event, or 0 for everything.');
  return {
    help,
    json,
    url: values.url ?? env['COUNTERSIGN_URL'] ?? 'http://localhost:3000',
    token: values.token ?? env['COUNTERSIGN_TOKEN'] ?? null,
    after: since === undefined ? null : Number(since),
    filter: Object.fromEntries(FILTERS.flatMap((name) => (values[name] ? [[name, values[name]]] : []))),
  };
}
