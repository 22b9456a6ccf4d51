import type { MikroORM } from '@mikro-orm/postgresql';
import { Audit } from '@countersign/audit/audit';
import { user, withContext } from '@countersign/audit/context';
import { connectOrm, type Logins } from '../bed.ts';
import { Card, cardPolicy, naivePolicy, SeenCard, seenCardPolicy } from '../card.ts';
import type { Contender, Numbering, Saving } from './contender.ts';
import { NaiveSubscriber } from './naive-subscriber.ts';

type CardType = typeof Card | typeof SeenCard;

const NO_AUDIT = 'no audit';

/** MikroORM alone, with what one writes first, and with ours: by hooks, by triggers and by both. */
export const mikroOrmContenders: readonly Contender[] = [
  contender({ name: NO_AUDIT, type: Card, trail: null, open: async ({ app }) => savingOf(await connectOrm(app), Card) }),
  contender({
    name: 'naive subscriber',
    type: Card,
    trail: 'naive_audit',
    open: async ({ app }) => savingOf(await connectOrm(app, [new NaiveSubscriber()]), Card),
  }),
  ours('hooks', { type: Card, hooks: true }),
  ours('triggers', { type: SeenCard, hooks: false }),
  ours('hooks and triggers', { type: SeenCard, hooks: true }),
  { ...ours('the same, numbered meanwhile', { type: SeenCard, hooks: true }), numbered: true, raw: false, trail: null },
];

interface Parts extends Pick<Contender, 'name' | 'trail'> {
  readonly type: CardType;
  readonly open: (logins: Logins) => Promise<Saving>;
}

function contender({ name, trail, type, open }: Parts): Contender {
  return {
    name,
    trail,
    base: NO_AUDIT,
    table: type.meta.tableName,
    raw: type === SeenCard || name === NO_AUDIT,
    numbered: false,
    open: ({ logins }) => open(logins),
  };
}

interface How {
  /** The cards whose row changes triggers record, or those that have none. */
  readonly type: CardType;
  readonly hooks: boolean;
}

function ours(name: string, { type, hooks }: How): Contender {
  const open = async (logins: Logins): Promise<Saving> => {
    const audit = new Audit({ policies: [cardPolicy, seenCardPolicy, naivePolicy] });
    const orm = await connectOrm(logins.app, hooks ? [audit.subscriber] : [], type === SeenCard ? audit.driverOptions : undefined);
    audit.bind(orm);
    return { ...savingOf(orm, type), number: () => numbering(audit, logins) };
  };
  return contender({ name, type, trail: 'audit_event', open });
}

const savingOf = (orm: MikroORM, type: CardType): Saving => ({
  prepare: async (ids, change) => {
    const em = orm.em.fork();
    const cards = await em.find(type as typeof Card, { id: { $in: [...ids] } });
    for (const card of cards) Object.assign(card, change);
    return () => byAPerson(() => em.flush());
  },
});

const byAPerson = <Result>(work: () => Promise<Result>) =>
  withContext(
    { actor: user('9f1c7b1e-0000-4000-8000-000000000001'), channel: 'web', requestId: 'bench', ipAddress: '127.0.0.1', userAgent: 'bench' },
    work,
  );

async function numbering(audit: Audit, { app, sequencer }: Logins): Promise<Numbering> {
  let closing = false;
  // What still reads when the log is closed finds its connections gone.
  const log = await audit.openLog({ app, sequencer, alarm: (problem) => closing || fail(problem) });
  return {
    settled: async () => {
      while ((await log.sequencer.settle(1_000)) > 0);
    },
    close: () => {
      closing = true;
      return log.close();
    },
  };
}

/** What isn't recorded as it should be is worth no measurement. */
function fail(problem: unknown): never {
  console.error(problem);
  process.exit(1);
}
