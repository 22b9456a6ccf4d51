import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fieldName, fromSnake, shapeOf, toSnake } from '../src/naming.ts';

const schema = z.strictObject({
  changeId: z.string(),
  changedByProfile: z.object({ fullName: z.string() }).nullable(),
  rows: z
    .array(z.union([z.object({ fieldName: z.string(), oldValue: z.string() }), z.object({ fieldName: z.string(), isHidden: z.boolean() })]))
    .optional(),
  metadata: z.record(z.string(), z.json()),
});
const shape = shapeOf(schema);

describe('names on the wire (R-10)', () => {
  const camel = {
    changeId: '1',
    changedByProfile: { fullName: 'Ann' },
    rows: [
      { fieldName: 'check_out_time', oldValue: 'camelCase stays' },
      { fieldName: 'adminNotes', isHidden: true },
    ],
    metadata: { previousValue: { deepKey: 1 }, snake_key: 2 },
  };
  const snake = {
    change_id: '1',
    changed_by_profile: { full_name: 'Ann' },
    rows: [
      { field_name: 'check_out_time', old_value: 'camelCase stays' },
      { field_name: 'adminNotes', is_hidden: true },
    ],
    metadata: { previousValue: { deepKey: 1 }, snake_key: 2 },
  };

  test('declared fields are renamed at every depth; the keys of records and field names as data stay', () => {
    expect(toSnake(shape, camel)).toEqual(snake);
    expect(fromSnake(shape, snake)).toEqual({ value: camel, unknown: [] });
  });

  test('a field in camelCase is unknown to REST, and named as it was written', () => {
    expect(fromSnake(shape, { changeId: '1', rows: [{ fieldName: 'x', old_value: 'y' }] })).toEqual({
      value: { rows: [{ oldValue: 'y' }] },
      unknown: ['changeId', 'rows.0.fieldName'],
    });
  });

  test('a path is told in the naming of the caller', () => {
    expect(fieldName('snake', shape, ['rows', 3, 'oldValue'])).toBe('rows.3.old_value');
    expect(fieldName('snake', shape, ['metadata', 'previousValue'])).toBe('metadata.previousValue');
    expect(fieldName('camel', shape, ['rows', 3, 'oldValue'])).toBe('rows.3.oldValue');
  });

  test('a schema that contains itself has a shape', () => {
    interface Tree {
      subTrees: Tree[];
    }
    const tree: z.ZodType<Tree> = z.object({ subTrees: z.lazy(() => z.array(tree)) });
    expect(toSnake(shapeOf(tree), { subTrees: [{ subTrees: [] }] })).toEqual({ sub_trees: [{ sub_trees: [] }] });
  });

  test('two names that would be one in snake_case are refused at the start', () => {
    expect(() => shapeOf(z.object({ someName: z.string(), some_name: z.string() }))).toThrow('same name in snake_case');
  });

  test('__proto__ as a key stays a key', () => {
    const value = JSON.parse('{"metadata": {"__proto__": {"a": 1}}}') as unknown;
    const back = fromSnake(shape, value).value as { metadata: object };
    expect(Object.keys(back.metadata)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(back.metadata)).toBe(Object.prototype);
  });
});
