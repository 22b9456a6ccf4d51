import { LockMode, type EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { withContext } from '@countersign/audit/context';
import { now } from '../../clock.ts';
import { command, query } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { changedMeanwhile, holdRights } from '../../people/users/acting-admin.ts';
import { names, type Names } from '../../people/directory.ts';
import { MATRIX, type Viewer } from '../../people/rights/permissions.ts';
import { tellAdmins } from '../../people/rights/rights-notices.ts';
import { Setting, SETTING_LABELS, settingsOf } from '../../people/rights/settings.ts';
import { Site, siteScope } from '../../people/site.ts';
import { isOfImpersonator } from '../../people/session/writing.rules.ts';
import { declaredIn } from '../declared.ts';
import { UNKNOWN_PERSON } from '../present-event.ts';
import { type AreaNames, headlineOf, sentenceOf } from './sentences.rules.ts';
import { KIND_LABELS, UnusualAccess } from './unusual-access.ts';
import {
  explainUnusualInput,
  limitsView,
  type LimitsView,
  listUnusualInput,
  setLimitsInput,
  unusualList,
  unusualView,
  type UnusualView,
} from './unusual.views.ts';

export const listUnusual = query({
  name: 'unusualAccess.list',
  summary: 'What was unusual about people’s reading, the newest first',
  input: listUnusualInput,
  output: unusualList,
  rest: { method: 'GET', path: '/api/unusual-access' },
  permission: MATRIX.unusualAccess,
  run: async ({ state, reader, alert, limit, offset }, { em, viewer }) => {
    const context = em.fork();
    const where: FilterQuery<UnusualAccess> = { ...(state && { state }), ...(reader && { reader }), ...(alert && { id: alert }) };
    const [found, total] = await context.findAndCount(UnusualAccess, where, {
      orderBy: { lastAt: 'desc', id: 'asc' },
      limit,
      offset,
    });
    return {
      data: await present(context, found, viewer),
      open: await context.count(UnusualAccess, { state: 'open' }),
      pagination: { total, limit, offset, hasMore: offset + found.length < total },
    };
  },
});

export const explainUnusual = command({
  name: 'unusualAccess.explain',
  summary: 'Say why somebody’s reading was unusual',
  input: explainUnusualInput,
  output: unusualView,
  rest: { method: 'POST', path: '/api/unusual-access/{id}/explain' },
  permission: MATRIX.unusualAccess,
  run: ({ id, version, verdict, note }, { em, viewer }) =>
    withContext({ reason: note }, () =>
      em.transactional(async (tx) => {
        const access = await tx.findOne(UnusualAccess, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (!access) throw new Refusal('NOT_FOUND', 'There is no such alert.', 'The address may have been cut off when it was copied.');
        if (isOwn(viewer, access))
          throw new Refusal('FORBIDDEN', 'This is about your own reading.', 'Another admin or a manager has to say why it was.');
        if (access.version !== version || access.state === 'explained') throw changedMeanwhile();
        tx.assign(access, { state: 'explained', verdict, explainedBy: viewer.id, explainedAt: now(), note });
        await tx.flush();
        return (await present(tx, [access], viewer))[0] as UnusualView;
      }),
    ),
});

/** Of whoever looks through somebody's eyes too. */
const isOwn = (viewer: Viewer, { reader }: UnusualAccess) => reader === viewer.id || isOfImpersonator(viewer, reader);

async function present(em: EntityManager, found: readonly UnusualAccess[], viewer: Viewer): Promise<UnusualView[]> {
  const people = await names(
    em,
    found.flatMap(({ reader, explainedBy }) => [reader, ...(explainedBy == null ? [] : [explainedBy])]),
  );
  const areas = await areaNames(em);
  return found.map((access) => presentOne(access, { people, areas, viewer }));
}

/** What areas are called: sites by their names, and kinds of record. */
async function areaNames(em: EntityManager): Promise<AreaNames> {
  const sites = await em.fork().findAll(Site);
  const kinds = declaredIn(em).vocabulary.entities;
  return new Map([
    ...sites.map(({ id, name }): [string, string] => [siteScope(id), name]),
    ...kinds.map(({ name, label }): [string, string] => [name, `the kind “${label}”`]),
  ]);
}

interface Presented {
  readonly people: Names;
  readonly areas: AreaNames;
  readonly viewer: Viewer;
}

function presentOne(access: UnusualAccess, { people, areas, viewer }: Presented): UnusualView {
  const { id, version, kind, level, count, allowed, rows, moreRows, state } = access;
  const someone = (person: string) => ({ id: person, name: people.get(person) ?? UNKNOWN_PERSON });
  const usual = access.usual ?? null;
  return {
    id,
    version,
    reader: someone(access.reader),
    kind,
    label: KIND_LABELS[kind],
    sentence: headlineOf({ ...access, usual }, areas),
    level,
    count,
    allowed,
    usual,
    noticedAt: access.noticedAt.toISOString(),
    lastAt: access.lastAt.toISOString(),
    rows: rows.map((row) => ({ position: row.position, sentence: sentenceOf(row), from: row.from, to: row.to })),
    moreRows,
    state,
    explanation:
      access.explainedBy && access.explainedAt && access.verdict
        ? { by: someone(access.explainedBy), at: access.explainedAt.toISOString(), verdict: access.verdict, note: access.note ?? '' }
        : null,
    own: isOwn(viewer, access),
  };
}

export const getLimits = query({
  name: 'unusualAccess.limits',
  summary: 'From where on reading counts as unusual',
  input: z.strictObject({}),
  output: limitsView,
  rest: { method: 'GET', path: '/api/unusual-access/limits' },
  permission: MATRIX.unusualAccess,
  run: (_, { em }) => limitsOf(em),
});

export const setLimits = command({
  name: 'unusualAccess.setLimits',
  summary: 'Change from where on reading counts as unusual',
  input: setLimitsInput,
  output: limitsView,
  rest: { method: 'PATCH', path: '/api/unusual-access/limits' },
  permission: MATRIX.rights,
  run: async ({ before, reason, ...wanted }, { em, viewer }) => {
    await withContext({ reason }, () =>
      em.transactional(async (tx) => {
        await holdRights({ em: tx, viewer });
        const present = await limitsOf(tx);
        const changed = NAMES.filter((name) => wanted[name] !== present[name]);
        if (NAMES.some((name) => before[name] !== present[name])) throw changedMeanwhile();
        for (const name of changed) {
          const setting = await tx.findOne(Setting, { name });
          if (setting) setting.value = wanted[name];
          else tx.create(Setting, { name, value: wanted[name] });
        }
        if (!changed.length) return;
        await tellAdmins(tx, {
          by: viewer.id,
          title: 'What counts as unusual access was changed',
          details: changed.map((name) => ({ label: SETTING_LABELS[name], text: `${present[name]} → ${wanted[name]}` })),
          reason,
          path: '/admin/unusual-access',
          orManagers: true,
        });
      }),
    );
    return limitsOf(em);
  },
});

const NAMES = Object.keys(limitsView.shape) as (keyof LimitsView)[];

async function limitsOf(em: EntityManager): Promise<LimitsView> {
  const settings = await settingsOf(em);
  return Object.fromEntries(NAMES.map((name) => [name, settings[name]])) as unknown as LimitsView;
}
