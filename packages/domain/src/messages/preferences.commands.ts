import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { command, query } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { NOTICE_KINDS } from '../notice-kinds.ts';
import { MATRIX, type Viewer } from '../people/rights/permissions.ts';
import { User } from '../people/user.ts';
import type { NoticeKind } from './notice-kind.ts';
import { NotificationPreferences, wishesOf } from './preferences.ts';
import { preferencesView, setPreferencesInput } from './preferences.views.ts';
import { PushKey, PushSubscription } from './push-subscription.ts';

export const getPreferences = query({
  name: 'notifications.preferences',
  summary: 'What you are told of, how and when',
  input: z.strictObject({}),
  output: preferencesView,
  rest: { method: 'GET', path: '/api/notifications/preferences' },
  permission: MATRIX.signedIn,
  run: (_, { em, viewer }) => present(em.fork(), viewer),
});

export const setPreferences = command({
  name: 'notifications.setPreferences',
  summary: 'Choose what you are told of, how and when',
  input: setPreferencesInput,
  output: preferencesView,
  rest: { method: 'PATCH', path: '/api/notifications/preferences' },
  permission: MATRIX.signedIn,
  run: async ({ turnedOff, ...wanted }, { em, viewer }) => {
    if (turnedOff) refuseEssential(turnedOff);
    await em.transactional(async (tx) => {
      const row = (await tx.findOne(NotificationPreferences, { person: viewer.id })) ?? create(tx, viewer);
      tx.assign(row, { ...given(wanted), ...(turnedOff && { turnedOff: [...new Set(turnedOff)].toSorted() }) });
      if (row.quietFrom === row.quietUntil) refuseEmpty();
    });
    return present(em.fork(), viewer);
  },
});

/** Without what was left out: that stays as it is. */
const given = <Wanted extends object>(wanted: Wanted): Partial<Wanted> =>
  Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Partial<Wanted>;

const create = (em: EntityManager, { id }: Viewer) => em.create(NotificationPreferences, { person: id, turnedOff: [] });

/** TC-13: each kind can be turned off, except changes of one's own hours. */
function refuseEssential(turnedOff: readonly string[]): void {
  const problems = turnedOff.flatMap((name) => {
    const kind = NOTICE_KINDS.find((one) => one.name === name);
    if (!kind) return [`There is no kind of notice called ${name}.`];
    return kind.canBeTurnedOff ? [] : [`"${kind.label}" can't be turned off: you are told of them in any case.`];
  });
  if (!problems.length) return;
  const fields = problems.map((message) => ({ field: 'turned_off', message }));
  throw new Refusal('VALIDATION_ERROR', "This can't be turned off.", problems.join(' '), { fields });
}

function refuseEmpty(): never {
  const message = 'Quiet hours begin and end at different times; turn them off to have none.';
  throw new Refusal('VALIDATION_ERROR', "These quiet hours can't be.", message, { fields: [{ field: 'quiet_until', message }] });
}

async function present(em: EntityManager, viewer: Viewer): Promise<z.input<typeof preferencesView>> {
  const wishes = (await wishesOf(em, [viewer.id])).get(viewer.id);
  if (!wishes) throw new Error('wishesOf() gives the wishes of everybody whom it was asked for');
  const user = await em.findOneOrFail(User, { id: viewer.id });
  const key = await em.findOne(PushKey, { id: 1, active: true });
  const browsers = await em.find(PushSubscription, { person: viewer.id }, { orderBy: { createdAt: 'asc' } });
  const { quiet, quietFrom, quietUntil, sms, turnedOff } = wishes;
  return {
    quiet,
    quietFrom,
    quietUntil,
    sms,
    timeZone: user.timeZone,
    kinds: NOTICE_KINDS.filter(({ roles }) => !roles || roles.includes(viewer.role)).map((kind) => isOn(kind, turnedOff)),
    hasPhoneNumber: Boolean(user.phoneNumber),
    pushKey: key?.publicKey ?? null,
    browsers: browsers.map(({ id, browser, createdAt }) => ({ id, browser, createdAt: createdAt.toISOString() })),
  };
}

const isOn = ({ name, label, about, canBeTurnedOff, urgent }: NoticeKind, turnedOff: readonly string[]) => ({
  name,
  label,
  about,
  canBeTurnedOff,
  urgent,
  on: !canBeTurnedOff || !turnedOff.includes(name),
});
