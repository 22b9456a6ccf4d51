import { expect, it } from 'vitest';
import { z } from 'zod';
import { currentContext } from '../src/capture/context.ts';
import { manualAction } from '../src/policy/manual-action.ts';
import { refusedManual } from '../src/merge/manual-check.ts';

const weighed = manualAction({
  name: 'carrots_weighed',
  area: 'larder',
  label: 'Weighed',
  formerly: ['carrots_counted'],
  metadata: z.strictObject({ grams: z.int() }),
});
const actions = new Map([[weighed.name, weighed]]);
const told = { area: 'larder', target: null, meta: { grams: 1 } };

it('AUD-9, AUD-36: what waited on a node’s disk while its action was renamed is recorded all the same', () => {
  expect(refusedManual({ ...told, action: 'carrots_counted' }, currentContext(), actions)).toBeNull();
  expect(refusedManual({ ...told, action: 'carrots_eaten' }, currentContext(), actions)).toEqual({
    problem: 'it is told by hand, under an action that is not declared for that',
  });
});

it('AUD-9: a schema may have fields that the spool adds, too', () => {
  const late = manualAction({ ...weighed, metadata: z.strictObject({ grams: z.int(), deferred_since: z.string() }) });
  const meta = { grams: 1, deferred_since: 'long ago' };
  expect(refusedManual({ ...told, action: late.name, meta }, currentContext(), new Map([[late.name, late]]))).toBeNull();
});
