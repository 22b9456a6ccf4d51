import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { withContext } from '@countersign/audit/context';
import { command, query } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { holdRights } from '../users/acting-admin.ts';
import { MATRIX, ROLES } from './permissions.ts';
import { tellAdmins } from './rights-notices.ts';
import { rightsRows } from './rights.rules.ts';
import { changeRightsInput, rightsView, type RightsView } from './rights.views.ts';
import { DEFAULT_SETTINGS, RIGHTS_WORDS, Setting, SETTING_LABELS, SETTINGS_OF_RIGHTS, settingsOf } from './settings.ts';
import { ROLE_LABELS } from '../user.ts';

export const getRights = query({
  name: 'rights.get',
  summary: 'Who may see and do what',
  input: z.strictObject({}),
  output: rightsView,
  rest: { method: 'GET', path: '/api/rights' },
  permission: MATRIX.rights,
  run: (_, { em }) => present(em),
});

export const changeRights = command({
  name: 'rights.change',
  summary: 'Change a setting of who may see and do what',
  input: changeRightsInput,
  output: rightsView,
  rest: { method: 'PATCH', path: '/api/rights' },
  permission: MATRIX.rights,
  run: ({ name, value, version, reason }, { em, viewer }) =>
    withContext({ reason }, async () => {
      await em.transactional(async (tx) => {
        // Two admins at once: the second one finds what the first one left.
        await holdRights({ em: tx, viewer });
        const setting = await tx.findOne(Setting, { name });
        if ((setting?.version ?? null) !== version)
          throw new Refusal(
            'CONFLICT',
            'This setting was changed since you read it.',
            'Read it again, and look whether your change is still needed.',
          );
        if ((setting?.value ?? DEFAULT_SETTINGS[name]) === value) return;
        if (setting) setting.value = value;
        else tx.create(Setting, { name, value });
        await tellAdmins(tx, {
          by: viewer.id,
          title: `Who may see what was changed: ${SETTING_LABELS[name]}`,
          details: [{ label: 'Now', text: value ? 'Yes' : 'No' }],
          reason,
          path: '/admin/rights',
        });
      });
      return present(em);
    }),
});

async function present(em: EntityManager): Promise<RightsView> {
  const settings = await settingsOf(em);
  const stored = await em.fork().find(Setting, { name: { $in: [...SETTINGS_OF_RIGHTS] } });
  const versionOf = (name: string) => stored.find((setting) => setting.name === name)?.version ?? null;
  return {
    roles: ROLES.map((role) => ({ role, label: ROLE_LABELS[role] })),
    rows: rightsRows(MATRIX, settings),
    settings: SETTINGS_OF_RIGHTS.map((name) => ({
      name,
      label: SETTING_LABELS[name],
      ...RIGHTS_WORDS[name],
      value: settings[name],
      version: versionOf(name),
    })),
  };
}
