import { TRPCError } from '@trpc/server';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { command, query } from '@countersign/domain/definition';
import { MATRIX } from '@countersign/domain/people/rights/permissions';
import { definitionsIn } from '../src/definition.ts';
import { interfaceOf } from '../src/interface.ts';
import { RABBIT, rabbits, scene, somebody } from './warren.ts';

const { router } = interfaceOf(definitionsIn([rabbits]));

function calling(viewer = somebody() as ReturnType<typeof somebody> | null) {
  const { context, reported } = scene();
  return { call: router.createCaller(context(viewer)), reported };
}

const refusalOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => expect.fail('it was not refused'),
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(TRPCError);
  return error as TRPCError;
};

describe('procedures derived from definitions', () => {
  test('are nested by the dotted name and typed by the schemas', async () => {
    const { call } = calling();
    const rabbit = await call.rabbits.update({ id: RABBIT, earLength: 7 });
    expectTypeOf(rabbit).toEqualTypeOf<{ id: string; earLength: number; tagsByName: Record<string, string>; changeId: string | null }>();
    expectTypeOf(call.rabbits.update).parameter(0).toEqualTypeOf<z.input<typeof rabbits.updateRabbit.input>>();
    // @ts-expect-error a field of another type
    await refusalOf(call.rabbits.update({ id: RABBIT, earLength: 'long' }));
    // @ts-expect-error a procedure that nobody defined
    expect(call.rabbits.fly).toBeDefined();
    expect(rabbit).toEqual({ id: RABBIT, earLength: 7, tagsByName: { snake_key: '1', camelKey: '2' }, changeId: expect.any(String) });
  });

  test('input may be left out where every field may', async () => {
    expect((await calling().call.rabbits.list()).pagination.limit).toBe(50);
  });

  test('a command is one change set, a query none', async () => {
    const { call } = calling();
    expect((await call.rabbits.update({ id: RABBIT })).changeId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await call.rabbits.read({ id: RABBIT })).actor).toBe('admin');
  });

  test.each([
    [null, { id: RABBIT }, 'UNAUTHORIZED'],
    [somebody('member'), { id: RABBIT }, 'FORBIDDEN'],
    [somebody(), { id: 'x' }, 'BAD_REQUEST'],
    [somebody(), { id: RABBIT, ear_length: 1 }, 'BAD_REQUEST'],
    [somebody(), { id: RABBIT, earLength: 13 }, 'CONFLICT'],
    [somebody(), { id: RABBIT, earLength: 14 }, 'INTERNAL_SERVER_ERROR'],
  ] as const)('%o with %o is %s', async (viewer, input, code) => {
    expect((await refusalOf(calling(viewer).call.rabbits.update(input as { id: string }))).code).toBe(code);
  });

  test('an unexpected failure is reported once, and keeps its words', async () => {
    const { call, reported } = calling();
    const error = await refusalOf(call.rabbits.update({ id: RABBIT, earLength: 14 }));
    expect(error.message).toBe('Something went wrong on our side');
    expect(reported).toHaveLength(1);
  });

  test('AUD-29: what shows somebody else’s record whole is told before it is answered, and not answered where that can’t be recorded', async () => {
    const made = scene();
    const seen = query({
      name: 'rabbits.seen',
      summary: 'A rabbit of somebody',
      input: z.strictObject({ own: z.boolean() }),
      output: z.object({ own: z.boolean() }),
      permission: MATRIX.signedIn,
      shows: ({ own }) => (own ? null : `Rabbit:${RABBIT}`),
      run: ({ own }) => Promise.resolve({ own }),
    });
    const call = interfaceOf(definitionsIn([{ seen }])).router.createCaller(made.context(somebody()));
    await call.rabbits.seen({ own: true });
    expect(made.read).toEqual([]);
    await call.rabbits.seen({ own: false });
    expect(made.read).toMatchObject([{ view: 'record', records: new Map([[`Rabbit:${RABBIT}`, 1]]) }]);
    made.unwritable = new Error('no disk');
    await refusalOf(call.rabbits.seen({ own: false }));
  });

  test('the form of a command follows from its schema', async () => {
    expect(await calling().call.forms.describe({ command: 'rabbits.update' })).toEqual({
      fields: [
        { name: 'earLength', title: 'Ear Length', kind: 'number', required: false },
        { name: 'furColour', title: 'Fur Colour', kind: 'enum', required: false, options: ['brown', 'white'] },
        {
          name: 'diaryEntries',
          title: 'Diary',
          kind: 'list',
          required: false,
          fields: [
            { name: 'dayOfNote', title: 'Day', kind: 'date', required: true },
            { name: 'freeText', title: 'Text', kind: 'text', required: true, maxLength: 20 },
          ],
        },
      ],
    });
    expect((await refusalOf(calling().call.forms.describe({ command: 'rabbits.fly' }))).code).toBe('NOT_FOUND');
  });
});

describe('definitions that do not fit stop the start', () => {
  const plain = { summary: '', output: z.object({}), permission: MATRIX.signedIn, run: () => Promise.resolve({}) };
  test.each([
    [
      'two of one name',
      [query({ name: 'a.b', input: z.strictObject({}), ...plain }), command({ name: 'a.b', input: z.strictObject({}), ...plain })],
      'two definitions are called a.b',
    ],
    ['a name of three parts', [query({ name: 'a.b.c', input: z.strictObject({}), ...plain })], 'use area.verb'],
    [
      'AC-3: one that names who may beside the matrix',
      [query({ name: 'a.b', input: z.strictObject({}), ...plain, permission: { admin: ['own'] } })],
      'a.b has no row of the matrix',
    ],
    ['an input that takes unknown fields', [query({ name: 'a.b', input: z.object({}), ...plain })], 'use z.strictObject'],
  ])('%s', (_, definitions, message) => {
    expect(() => definitionsIn([definitions as object])).toThrow(message);
  });
});
