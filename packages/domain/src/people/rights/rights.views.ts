import { z } from 'zod';
import { ROLES } from './permissions.ts';
import { EXTENTS } from './rights.rules.ts';
import { SETTINGS_OF_RIGHTS } from './settings.ts';

const settingView = z.object({
  name: z.enum(SETTINGS_OF_RIGHTS),
  label: z.string(),
  about: z.string(),
  /** What becomes of that when it is turned. */
  turnedOn: z.string(),
  turnedOff: z.string(),
  value: z.boolean(),
  /** Null as long as it was never changed: it has its default then. */
  version: z.int().nullable(),
});

export const rightsView = z.object({
  roles: z.array(z.object({ role: z.enum(ROLES), label: z.string() })),
  rows: z.array(
    z.object({
      key: z.string(),
      group: z.string(),
      label: z.string(),
      note: z.string().optional(),
      extents: z.record(z.enum(ROLES), z.enum(EXTENTS)),
    }),
  ),
  settings: z.array(settingView),
});
export type RightsView = z.output<typeof rightsView>;

export const changeRightsInput = z.strictObject({
  name: z.enum(SETTINGS_OF_RIGHTS, `The settings are ${SETTINGS_OF_RIGHTS.join(', ')}.`),
  value: z.boolean().meta({ title: 'Value', 'x-kind': 'boolean' }),
  /** As it was read; null where it was never changed. */
  version: z.int().min(1).nullable(),
  reason: z
    .string()
    .trim()
    .min(3, 'Say why, in three letters or more: it stands in the log, and every other admin reads it.')
    .max(500)
    .meta({ title: 'Reason', 'x-kind': 'text' }),
});
