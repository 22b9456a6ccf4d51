import { expect, test } from 'vitest';
import { createDatabase } from '@countersign/testing/database';
import { ownerOrm } from './world.ts';

test('after the migrations the schema generator finds nothing to change', async () => {
  const database = await createDatabase();
  const orm = await ownerOrm(database);
  await orm.migrator.up();
  expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
  await orm.close(true);
  await database.drop();
});
