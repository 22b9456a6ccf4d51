import { expect, it } from 'vitest';
import { around, statementsOf } from '../src/capture/statement-text.ts';

it.each<[string, string[]]>([
  ['reset all', ['reset all']],
  ['/* one /* within */ another */ reset -- to the end; of the line\n all;', ['reset  \n all']],
  [`select 'a; b', "c;d", e'f\\'; g' ; ;begin`, [`select 'a; b', "c;d", e'f\\'; g'`, 'begin']],
  [`select e'it''s \\'; one'; two`, [`select e'it''s \\'; one'`, 'two']],
  [`select 'it''s; -- no comment'`, [`select 'it''s; -- no comment'`]],
  ['do $$ begin a; b; end $$; c', ['do $$ begin a; b; end $$', 'c']],
  ['select $x$ $$; $y$ $x$; a$b$c; d', ['select $x$ $$; $y$ $x$', 'a$b$c', 'd']],
  [`select '\\'; reset all`, [`select '\\'`, 'reset all']],
  ['select $1; reset all', ['select $1', 'reset all']],
  [
    'create rule r as on delete to a do also (delete from b; delete from c); commit',
    ['create rule r as on delete to a do also (delete from b; delete from c)', 'commit'],
  ],
  [
    'create function f() returns int begin atomic select 1; select 2; end; commit',
    ['create function f() returns int begin atomic select 1; select 2; end; commit'],
  ],
  ['-- to the end of a line\r; reset all', ['reset all']],
  ['/* never ended; reset all', []],
  [`'never ended; reset all`, [`'never ended; reset all`]],
])('AUD-8 the statements of a message, looking past comments and quotes: %j', (message, statements) => {
  expect(statementsOf(message)).toEqual(statements);
});

it('AUD-8 a long message is looked at once', () => {
  for (const one of ["it''s /* ".repeat(200_000), '; reset all '.repeat(2_000_000), `\\' ('`.repeat(200_000)]) {
    const text = `insert into note values (e'${one}')`;
    expect(statementsOf(text)).toHaveLength(1);
  }
  // What never ends is looked at once too.
  expect(statementsOf(`select e'${'a'.repeat(60)}\\`)).toHaveLength(1);
});

it('AUD-8 what stands between ends is one message, each end another', () => {
  const isEnd = (one: string) => one === 'commit';
  expect(around(isEnd, ['a', 'b', 'commit', 'commit', 'c', 'd'])).toEqual(['a; b', 'commit', 'commit', 'c; d']);
});
