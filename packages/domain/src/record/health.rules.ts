import type { Protection } from '@countersign/audit/protection';
import type { z } from 'zod';
import type { checkView } from './health.views.ts';

type Check = z.input<typeof checkView>;

/** Seconds that something may wait for its number: it takes milliseconds, and a great deal at once seconds. */
const TOO_LONG = 10;

const counted = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** What holds and what doesn't, in words. */
export const checksOf = (protection: Protection): Check[] => [
  coverage(protection),
  immutable(protection),
  witness(protection),
  ...protection.roles.map(role),
  numbering(protection),
  spool(protection),
  agreement(protection),
  readable(protection),
];

function coverage({ coverage: { tables, uncovered, problems } }: Protection): Check {
  const unseen = uncovered.map(
    (table) => `${table}: no trigger records its changes, so that bulk statements and raw SQL go unseen. Run the migrations as the owner.`,
  );
  const holds = `${counted(tables, 'table', 'tables')}, each with triggers that are switched on and as they were made.`;
  return judged('coverage', 'The database records every change of an audited table', [...problems, ...unseen], holds);
}

function immutable({ immutable: tables }: Protection): Check {
  const problems = tables
    .filter(({ missing }) => missing.length)
    .map(
      ({ table, missing }) =>
        `${table}: ${missing.join(' and ')} is missing, switched off or altered. Find out who did that, and make it anew from a backup of the schema.`,
    );
  return judged(
    'immutable',
    'Update, delete and truncate of the log are refused',
    problems,
    `For everybody, the owner too, on ${counted(tables.length, 'table', 'tables')}.`,
  );
}

const witness = ({ witnessProblem }: Protection): Check =>
  judged(
    'witness',
    'Attempts to alter the log are recorded',
    witnessProblem === null
      ? []
      : [`They are refused, but not recorded: ${witnessProblem}. Let a superuser create the extension dblink, and start again.`],
    'The database connects to itself by dblink, so that the record survives the rollback.',
  );

function role({ purpose, name, superuser, ownsLog }: Protection['roles'][number]): Check {
  const label = purpose === 'application' ? 'The application may not alter the log' : 'Numbering has a login of its own that may only add';
  const advice = purpose === 'application' ? 'DATABASE_APP_URL' : 'DATABASE_SEQUENCER_URL';
  const problems = [
    ...(superuser ? [`The role ${name} is a superuser: name an ordinary role by ${advice}.`] : []),
    ...(ownsLog && !superuser ? [`The role ${name} owns the log: name another role by ${advice}.`] : []),
  ];
  return judged(purpose, label, problems, `The role ${name} is no superuser and owns nothing of it.`);
}

function numbering({ inbox: { waiting, seconds } }: Protection): Check {
  const wait = `${counted(waiting, 'row waits', 'rows wait')} in the inbox, the oldest for ${counted(Math.round(seconds), 'second', 'seconds')}.`;
  const problems = waiting && seconds > TOO_LONG ? [wait, 'See whether a node is running, and what the server’s log says.'] : [];
  return judged('numbering', 'What is committed is numbered at once', problems, waiting ? wait : 'Nothing waits in the inbox.');
}

function spool({ spooled }: Protection): Check {
  const label = 'What is read is recorded at once';
  if (spooled === null)
    return {
      key: 'spool',
      label,
      state: 'off',
      details: ['This node has no place for what must wait: what can’t be recorded is refused.'],
    };
  const problems = spooled ? [`${counted(spooled, 'event waits', 'events wait')} on this node’s disk until the database takes them.`] : [];
  return judged('spool', label, problems, 'Nothing waits on this node’s disk.');
}

const agreement = ({ disagreements }: Protection): Check =>
  judged(
    'agreement',
    'The application tells what the database sees',
    disagreements
      ? [
          `They disagreed ${counted(disagreements, 'time', 'times')} since this node started; what the database saw is recorded. The server’s log names records and fields.`,
        ]
      : [],
    'They agreed on every change since this node started.',
  );

const readable = ({ unreadable }: Protection): Check =>
  judged(
    'readable',
    'Everything is recorded as what it says',
    unreadable ? [`${counted(unreadable, 'entry', 'entries')} of the log could not be: they say who, when and which record, and why.`] : [],
    'Nothing in the log is unreadable.',
  );

const judged = (key: Check['key'], label: string, problems: readonly string[], holds: string): Check => ({
  key,
  label,
  state: problems.length ? 'broken' : 'holds',
  details: problems.length ? [...problems] : [holds],
});
