import type { EntityManager } from '@mikro-orm/postgresql';
import { asOf, type RecordAsOf } from '@countersign/audit/as-of';
import type { History } from '@countersign/audit/history';
import { UNDER_WAY } from '@countersign/audit/moment';
import { query } from '../../definition.ts';
import { MATRIX } from '../../people/rights/permissions.ts';
import { settingsOf } from '../../people/rights/settings.ts';
import { visibilityOf } from '../../people/viewer.ts';
import { ABOUT_RECORDS } from '../../about-records.rules.ts';
import { declaredIn, type CompiledDeclarations } from '../declared.ts';
import { fieldLabel } from '../present-as-of.ts';
import { BalanceCheck, BalanceDifference } from './balance-check.ts';
import { completenessInput, completenessView, type CompletenessView } from './balance.views.ts';

export const auditCompleteness = query({
  name: 'audit.completeness',
  summary: 'How far back the record of a root and its parts is complete, where there are gaps, and what the latest balance found',
  input: completenessInput,
  output: completenessView,
  rest: { method: 'GET', path: '/api/completeness' },
  permission: MATRIX.logRead,
  reads: 'trail',
  run: async ({ root }, { em, viewer, log }) => {
    const visibility = visibilityOf(viewer, await settingsOf(em));
    const history = await log.history({ roots: [root], visibility, withoutArea: ABOUT_RECORDS });
    const reader = em.fork();
    const declared = declaredIn(em);
    // Whoever sees nothing or a part of it learns nothing about the rest.
    const mayKnow = visibility.everything || (history.events.length > 0 && !history.partial);
    const records = [...asOf(history.events, declared.forms).values()].filter((one) => recordText(one.root) === root);
    const [turn] = await reader.execute<{ under_way: boolean }[]>(UNDER_WAY);
    return {
      since: sinceOf(root, history, records),
      gaps: mayKnow ? gapsIn(records, declared) : [],
      underWay: turn?.under_way ?? false,
      ...(await lastChecks(reader, { root, first: history.events[0]?.position ?? null, mayKnow, declared })),
    };
  },
});

const recordText = (record: { readonly type: string; readonly id: string } | null) => (record ? `${record.type}:${record.id}` : null);

function sinceOf(root: string, { events, partial, tooLong }: History, records: readonly RecordAsOf[]): CompletenessView['since'] {
  if (partial) return { state: 'in_part', from: null };
  if (tooLong) return { state: 'too_long', from: null };
  const [first] = events;
  if (!first) return { state: 'nothing', from: null };
  const own = records.find(({ target }) => recordText(target) === root);
  const from = own?.first ?? first;
  return { state: records.every(({ complete }) => complete) && own ? 'creation' : 'first_change', from: placeOf(from) };
}

const placeOf = ({ position, occurredAt }: RecordAsOf['first']) => ({ position, at: occurredAt });

function gapsIn(records: readonly RecordAsOf[], { vocabulary }: CompiledDeclarations): CompletenessView['gaps'] {
  const gaps = records.flatMap(({ target, gaps: found }) =>
    found.map(({ field, after, before }) => ({
      record: { ...target },
      field,
      label: field === null ? null : fieldLabel(target.type, field, vocabulary),
      after: placeOf(after),
      before: placeOf(before),
    })),
  );
  return gaps.toSorted((one, other) => other.before.position - one.before.position);
}

interface Asked {
  readonly root: string;
  /** The place of the first event under it; null where there is none. */
  readonly first: number | null;
  readonly mayKnow: boolean;
  readonly declared: CompiledDeclarations;
}

async function lastChecks(em: EntityManager, asked: Asked): Promise<Pick<CompletenessView, 'latest' | 'lastCleanAt'>> {
  const [latest] = await em.find(BalanceCheck, { status: { $in: ['clean', 'different'] } }, { orderBy: { startedAt: 'desc' }, limit: 1 });
  if (!latest || !asked.mayKnow) return { latest: null, lastCleanAt: null };
  const found = await em.find(BalanceDifference, { check: latest, ...under(asked.root) }, { orderBy: { n: 'asc' } });
  const kept = found.length || latest.status === 'clean' ? 0 : await em.count(BalanceDifference, { check: latest });
  const tooEarly = asked.first !== null && asked.first > (latest.toPosition ?? 0);
  const unlisted = kept < (latest.differences ?? 0) && latest.status === 'different';
  return {
    latest: {
      at: latest.startedAt.toISOString(),
      result: found.length ? 'different' : tooEarly ? 'too_early' : unlisted ? 'unlisted' : 'clean',
      differences: found.map(({ kind, type, recordId, label, field }) => ({
        record: { type, id: recordId, label: label ?? null },
        kind,
        field: field ?? null,
        label: typeof field === 'string' ? fieldLabel(type, field, asked.declared.vocabulary) : null,
      })),
    },
    lastCleanAt: found.length ? await lastCleanBefore(em, latest, asked.root) : null,
  };
}

const under = (root: string) => ({ rootType: root.slice(0, root.indexOf(':')), rootId: root.slice(root.indexOf(':') + 1) });

/** The start of the last balance that found nothing under this root; of one that found more than it kept nobody knows. */
async function lastCleanBefore(em: EntityManager, { startedAt }: BalanceCheck, root: string): Promise<string | null> {
  const { rootType, rootId } = under(root);
  const rows = await em.execute<{ at: string }[]>(
    `select to_char(c.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from balance_checks c
      where c.started_at < ? and c.status in ('clean', 'different')
        and not exists (select from balance_differences d where d.check_id = c.id and d.root_type = ? and d.root_id = ?)
        and c.differences = (select count(*) from balance_differences d where d.check_id = c.id)
      order by c.started_at desc limit 1`,
    [startedAt, rootType, rootId],
  );
  return rows[0]?.at ?? null;
}
