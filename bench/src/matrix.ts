import { longForm } from './long-form.ts';

/** Every role, every procedure and route, every standing to a record, by every way: what `npm test` takes in turns. */
export const run = (): Promise<void> =>
  longForm({ folder: 'apps/server', file: 'test/access/matrix.pg.test.ts', env: { MATRIX_WHOLE: 'true' } });
