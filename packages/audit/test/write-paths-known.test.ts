import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Collection, EntityManager, EntityRepository, QueryBuilder } from '@mikro-orm/postgresql';
import { expect, it } from 'vitest';

// docs/write-paths.md promises that each of its lines has a test, and that nothing is left out that MikroORM offers.

/** The tests of each line of the table, by the beginning of the line; a test by its title. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  '`em.flush()`': [
    'an update tells only what changed, with the values that the flush itself sets',
    'a removal tells every value that was there',
  ],
  'a flush of a record that was never loaded': ['a record that was never loaded: the old values'],
  'several flushes of one transaction': ['one row changed by two flushes of one transaction is two events of one change set'],
  'SQL and flushes at the same field': [
    'what SQL sets between load and flush is an event of its own, and the flush goes on from there',
    'between two flushes',
    'where both set the same: by whom and why SQL set it, it alone says',
  ],
  '`em.nativeUpdate`': [
    'nativeUpdate: of every row that it changes, and of no other',
    'nativeDelete: with everything that was there, and the members that leave with it',
  ],
  '`em.insert`': ['insert and insertMany'],
  '`em.upsert`': ['upsert and upsertMany: a creation, a change, nothing', 'insert … on conflict: a creation, a change, nothing'],
  'the query builder': [
    'the query builder, Kysely and raw SQL, in a transaction and outside of one',
    'all that the query builder writes: insert, insert … select, on conflict, update, delete; truncate is refused',
  ],
  repositories: ['what a repository writes, and what is assigned and merged'],
  'procedures that commit in between': ['a procedure that commits in between, a function, and a block: by whom they were called'],
  'a cascade of the database': [
    'a cascade of the database: parent and every child, in one change set',
    'a reference that the database empties, since what it points to is gone',
  ],
  'what SQL under another context did': [
    'a change of a row stays SQL’s, with its who and why',
    'a removal',
    'a creation',
    'members that come, and members that go',
  ],
  'a row that the foreign keys of one statement change more than once': [
    'a row whose two references are emptied by one statement has two changes',
    'several levels: rows that go with their parents, and what refers to them',
    'a key that two references of one row follow, and one of its own',
    'members whose two keys are changed by one statement',
  ],
  'rows of a many-to-many table': ['members of a collection, by raw SQL'],
  'what another trigger sets': [
    'what another trigger sets is part of the event of the flush, and no disagreement',
    'also where raw SQL made or changed it: each change goes on from where the one before it ended',
  ],
  'what another trigger does to the very row that set it off': [
    'a value that an AFTER trigger puts back, by row and by statement, by SQL and by a flush',
    'several values that are restored, one of them by a statement of its own',
    'a row that an AFTER trigger deletes: one that was changed, and one that was made',
    'a row that an AFTER trigger makes anew: after a removal, and after removing what was changed',
    'chains: what a trigger sets off another one puts back, each in its turn',
  ],
  '`copy`': [
    'COPY',
    'MERGE',
    'update … from, delete … using',
    'one statement with several writes of one table and of others',
    'a row at which a cursor stands',
    'a prepared statement, run twice',
    'a thousand rows of one statement, each its own event',
  ],
  'views that write through': ['a view that writes through, one with a trigger instead, and one with a rule'],
  'a changed primary key': [
    'keys that are shifted by one statement',
    'is told as a removal and a creation, by whom and why, and neither recorder disagrees',
  ],
  'a key that a foreign key follows': ['a key that a foreign key follows: the children that the database changes'],
  'a record that is deleted and made anew': [
    'capture case 4: a record that is deleted and made anew under its key has two lives, each with its own members',
  ],
  'a row that becomes another kind': ['a kind that raw SQL changes ends the record of the one and begins that of the other'],
  'outside of any `withContext`, by a flush': ['outside of any context a flush is `system`, and what passes no hook is `database`'],
  'outside of any `withContext`, past the hooks': [
    'outside of any context a flush is `system`, and what passes no hook is `database`',
    'outside of any context: in the transaction of a flush, bulk and raw SQL are `system` as well',
  ],
  'inside of `withContext` without an actor': ['in a context without an actor everything is `system`, with the name of the job'],
  'another program': ['another program of the application’s role, which tells nothing'],
  '`psql`': [
    'a person with psql is the database, named by role, program and address',
    'no role and no setting silences the triggers: replication, switched-off triggers, a read-only look',
    'a rule names what raw SQL did: a flood made with psql is warren_flooded too',
  ],
  '`truncate`': ['truncating is refused, with what to do instead'],
  'whatever is rolled back': [
    'a rollback, to a savepoint too, leaves nothing',
    'a constraint that is checked at the end: what is committed, and nothing of what it refuses',
  ],
  locks: [
    'what changes no row is no event: locks, reading anew, messages, a table that is looked at',
    'a row that another trigger keeps from changing is none',
  ],
};

const folder = import.meta.dirname;
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

function pathsOfDocs(): string[] {
  const text = readFileSync(join(folder, '../../../docs/write-paths.md'), 'utf8');
  const table = text.slice(text.indexOf('| path |'), text.indexOf("What isn't recorded"));
  return table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split(' | ')[0]?.slice(2) ?? '');
}

it('each line of docs/write-paths.md has its tests, and no test is named that isn’t there', () => {
  const paths = pathsOfDocs();
  expect(paths.length).toBeGreaterThan(20);
  const beginnings = Object.keys(TESTS);
  expect(paths.filter((path) => beginnings.filter((one) => path.startsWith(one)).length !== 1)).toEqual([]);
  expect(beginnings.filter((one) => !paths.some((path) => path.startsWith(one)))).toEqual([]);
  expect(
    Object.values(TESTS)
      .flat()
      .filter((title) => !sources.includes(`it('${title}'`)),
  ).toEqual([]);
});

/** What of MikroORM changes rows, or prepares it: everything else reads, or is about the program's own memory. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  EntityManager: [
    'assign',
    'begin',
    'callRoutine',
    'clone',
    'commit',
    'create',
    'createQueryBuilder',
    'execute',
    'flush',
    'getConnection',
    'getDriver',
    'getKysely',
    'insert',
    'insertMany',
    'lock',
    'merge',
    'nativeDelete',
    'nativeUpdate',
    'persist',
    'qb',
    'remove',
    'rollback',
    'transactional',
    'tryFlush',
    'upsert',
    'upsertMany',
  ],
  EntityRepository: [
    'assign',
    'create',
    'createQueryBuilder',
    'insert',
    'insertMany',
    'merge',
    'nativeDelete',
    'nativeUpdate',
    'qb',
    'upsert',
    'upsertMany',
  ],
  QueryBuilder: [
    'delete',
    'execute',
    'ignore',
    'insert',
    'insertFrom',
    'merge',
    'onConflict',
    'truncate',
    'update',
    'with',
    'withRecursive',
  ],
  Collection: ['add', 'remove', 'removeAll', 'set'],
};

/** With those of the classes that it extends. */
const methodsOf = (prototype: object | null): string[] =>
  prototype && prototype !== Object.prototype
    ? [...Object.getOwnPropertyNames(prototype), ...methodsOf(Object.getPrototypeOf(prototype) as object | null)]
    : [];

it('MikroORM offers no way to write of which nobody knows: what sounds like one is one of these', () => {
  const offered = { EntityManager, EntityRepository, QueryBuilder, Collection };
  const sounds =
    /insert|update|delete|upsert|merge|remove|truncate|flush|persist|execute|clone|assign|create|conflict|routine|transact|commit|rollback|copy|save|write|replace|add$|^set$/i;
  /** They sound like writing, and change nothing in the database. */
  const harmless =
    /^(constructor|createAlias|createPopulateWhere|setFlushMode|addWithoutPropagation|removeWithoutPropagation|isInTransaction|\w*TransactionContext|\w*SessionContext|branchesConflict|clone|resolveInsertFromColumns|getCloneableProps|mergeOnConditions|mergeFilterOrCondition|rewriteVirtualFieldOrderBy|create\w*Condition|createMainAlias|createQueryBuilderHelper|\w*[Jj]oin\w*)$/;
  for (const [name, offering] of Object.entries(offered)) {
    const methods = new Set(methodsOf((offering as { prototype: object }).prototype));
    const unknown = [...methods].filter((method) => sounds.test(method) && !harmless.test(method) && !WRITES[name]?.includes(method));
    expect({ name, unknown }).toEqual({ name, unknown: [] });
    expect({ name, gone: WRITES[name]?.filter((method) => !methods.has(method)) }).toEqual({ name, gone: [] });
  }
});
