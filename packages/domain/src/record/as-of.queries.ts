import type { z } from 'zod';
import { asOf, type RecordAsOf } from '@countersign/audit/as-of';
import { columnsOf, columnsUnder, disagreements, type Rows } from '@countersign/audit/columns';
import { isUnder } from '@countersign/audit/field-paths';
import type { History } from '@countersign/audit/history';
import { ABOUT_RECORDS } from '../about-records.rules.ts';
import { query, type Call, type LogCall } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { names } from '../people/directory.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { settingsOf } from '../people/rights/settings.ts';
import { Site, siteIn } from '../people/site.ts';
import { seesSensitive, visibilityOf } from '../people/viewer.ts';
import { asOfInput, asOfView, momentsInput, momentsView, type AsOfView } from './as-of.views.ts';
import { declaredIn, type CompiledDeclarations } from './declared.ts';
import { presentDisagreements, presentMoment, presentMoments, presentRecord } from './present-as-of.ts';
import { peopleOf } from './present-event.ts';

type Asked = z.output<typeof asOfInput>;

export const auditAsOf = query({
  name: 'audit.asOf',
  summary: 'A record, with its parts or for itself, as it stood at a moment, rebuilt from the log alone',
  input: asOfInput,
  output: asOfView,
  rest: { method: 'GET', path: '/api/as-of' },
  permission: MATRIX.logRead,
  reads: 'as_of',
  run: async (asked, call) => {
    const { waiting } = await call.log.settle();
    const found = await historyOf(call, asked);
    const now = asked.at === undefined && (asked.position === undefined || asked.position >= found.head);
    if (!found.events.length && !(await isKnown(call, asked))) throw unknownRecord();
    const records = recordsIn(call, asked, found);
    const view = await present(call, asked, { found, records, now });
    // What is committed and not numbered yet stands in the columns already: nothing can be compared.
    return now && !waiting ? { ...view, agreement: await agreementOf(call, asked, records) } : view;
  },
});

export const auditMoments = query({
  name: 'audit.moments',
  summary: 'Every change set of a record and its parts, oldest first: the moments at which it can be looked at',
  input: momentsInput,
  output: momentsView,
  rest: { method: 'GET', path: '/api/as-of/moments' },
  permission: MATRIX.logRead,
  reads: 'trail',
  run: async ({ root }, call) => {
    await call.log.settle();
    const { events, head } = await historyOf(call, { root });
    if (!events.length) throw unknownRecord();
    const here = events.filter((event) => recordText(event.root) === root);
    return { moments: presentMoments(here, await names(call.em, here.flatMap(peopleOf))), head };
  },
});

/** @throws Refusal where a whole can't be made of what the caller may see, or there is too much of it. */
async function historyOf({ log, viewer, em }: LogCall, { root, target, at, position }: Asked): Promise<History> {
  const visibility = visibilityOf(viewer, await settingsOf(em));
  const which = root === undefined ? { targets: target === undefined ? [] : [target] } : { roots: [root] };
  const found = await log.history({ ...which, visibility, withoutArea: ABOUT_RECORDS, at, position });
  if (found.partial) {
    throw new Refusal(
      'FORBIDDEN',
      'You see only a part of what happened to this record.',
      'How it stood can be shown only to those who see all of it.',
    );
  }
  if (found.tooLong) {
    throw new Refusal(
      'TOO_LARGE',
      'This record has too long a history to be put together at once.',
      'Ask for an earlier moment, or for one of its parts.',
    );
  }
  return found;
}

/** Whether anything is recorded of it that the caller may see, at whatever time. */
async function isKnown({ log, viewer, em }: LogCall, { root, target }: Asked): Promise<boolean> {
  const filter = root === undefined ? { target: target === undefined ? [] : [target] } : { root: [root] };
  return (await log.count(filter, visibilityOf(viewer, await settingsOf(em)))).total > 0;
}

const unknownRecord = () => new Refusal('NOT_FOUND', 'Nothing is recorded of this record, or you may not see it.');

/** The records that stood there then; a part that had moved to another root stands there. */
function recordsIn({ em }: Call, { root }: Asked, { events }: Pick<History, 'events'>): RecordAsOf[] {
  const records = [...asOf(events, declaredIn(em).forms).values()];
  return root === undefined ? records : records.filter((record) => record.root && `${record.root.type}:${record.root.id}` === root);
}

interface Found {
  readonly found: History;
  readonly records: readonly RecordAsOf[];
  readonly now: boolean;
}

async function present(call: Call, asked: Asked, { found, records, now }: Found): Promise<AsOfView> {
  const own = records.find(({ target }) => `${target.type}:${target.id}` === (asked.root ?? asked.target));
  const known = await names(call.em, found.events.flatMap(peopleOf));
  const latest = found.events.at(-1);
  const declared = declaredIn(call.em);
  return {
    state: own ? (own.deleted ? 'deleted' : 'present') : 'none',
    moment: {
      now,
      at: asked.at ?? null,
      position: asked.position ?? null,
      latest: latest ? presentMoment(latest, known) : null,
      head: found.head,
    },
    // Of a record that is gone, the parts that went with it; what was taken off before is no part of it any more.
    records: [...records]
      .filter((record) => !record.deleted || (own?.deleted && record.last.changeId === own.last.changeId))
      .sort((one, other) => order(one, own) - order(other, own) || byDay(one, other))
      .map((record) => presentRecord(record, declared, known)),
    names: Object.fromEntries([...known, ...(await siteNames(call, found))]),
    agreement: null,
  };
}

/** The names that sites have now, of those to which these events belong. */
async function siteNames({ em }: Call, { events }: History): Promise<readonly (readonly [string, string])[]> {
  const ids = new Set(events.flatMap(({ scopes }) => scopes.flatMap((scope) => siteIn(scope) ?? [])));
  const sites = ids.size ? await em.fork().find(Site, { id: { $in: [...ids] } }) : [];
  return sites.map(({ id, name }) => [id, name] as const);
}

const recordText = (root: History['events'][number]['root']) => root && `${root.type}:${root.id}`;

const order = (record: RecordAsOf, own: RecordAsOf | undefined) => (record === own ? 0 : 1);
const byDay = (one: RecordAsOf, other: RecordAsOf) =>
  (one.workDate ?? '').localeCompare(other.workDate ?? '') || one.first.position - other.first.position;

/** So often a difference is looked at again: what was changed between two readings is none. */
const LOOKS = 3;

/** AUD-28: whether the columns say the same now, those of parts too, recorded or not. */
async function agreementOf(call: LogCall, asked: Asked, first: readonly RecordAsOf[]): Promise<AsOfView['agreement']> {
  let records = first;
  for (let look = 1; ; look += 1) {
    const differences = await differencesOf(call, asked, records);
    if (!differences.length || look === LOOKS) return { agrees: !differences.length, differences };
    const { waiting } = await call.log.settle();
    if (waiting) return null;
    records = recordsIn(call, asked, await historyOf(call, asked));
  }
}

async function differencesOf({ em, viewer }: Call, { root }: Asked, records: readonly RecordAsOf[]) {
  const declared = declaredIn(em);
  const sensitive = seesSensitive(viewer);
  const byType = Map.groupBy(records, ({ target }) => target.type);
  const [rootType = '', rootId = ''] = root === undefined ? [] : [root.slice(0, root.indexOf(':')), root.slice(root.indexOf(':') + 1)];
  const differences: NonNullable<AsOfView['agreement']>['differences'] = [];
  for (const [type, plan] of [...declared.plans].sort(([one], [other]) => Number(other === rootType) - Number(one === rootType))) {
    const ofType = byType.get(type) ?? [];
    const under: Rows = root !== undefined && plan.root?.type === rootType ? await columnsUnder(em, plan, rootId) : new Map();
    const rows = new Map([
      ...under,
      ...(await columnsOf(
        em,
        plan,
        ofType.map(({ target }) => target.id),
      )),
    ]);
    for (const id of new Set([...rows.keys(), ...ofType.map(({ target }) => target.id)])) {
      const record = ofType.find(({ target }) => target.id === id);
      const target = record?.target ?? { type, id, label: null };
      const found = disagreements(record, rows.get(id)).filter(({ field }) => sensitive || !isSensitive(type, field, declared));
      differences.push(...presentDisagreements(target, found, declared));
    }
  }
  return differences;
}

/** AC-4: of a field that was never recorded the log has nothing to hide, and its column has: the declaration decides. */
const isSensitive = (type: string, path: string | null, { vocabulary }: CompiledDeclarations): boolean =>
  path !== null && vocabulary.fields.some(({ entity, name, sensitive }) => sensitive && entity === type && isUnder(path, name));
