import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, expect, it, vi } from 'vitest';
import { Audit } from '../src/audit.ts';
import { user, withContext } from '../src/capture/context.ts';
import { ACTIONS, ENTITIES, KEEPER, POLICIES, urlAs, Warren, world } from './warren.ts';

afterEach(() => vi.unstubAllEnvs());

it('AUD-8 who is at work is believed of the application, whether its address names it or its surroundings do', async () => {
  const w = await world();
  await w.open.close();
  const nameless = new URL(urlAs(w.database, w.roles.app));
  vi.stubEnv('PGUSER', nameless.username);
  vi.stubEnv('PGPASSWORD', nameless.password);
  Object.assign(nameless, { username: '', password: '' });
  const audit = new Audit({ policies: POLICIES, actions: ACTIONS });
  const { subscriber, driverOptions } = audit;
  const orm = await MikroORM.init({ entities: [...ENTITIES] as never, clientUrl: nameless.href, subscribers: [subscriber], driverOptions });
  audit.bind(orm);
  const alarms: unknown[] = [];
  const alarm = (problem: unknown) => void alarms.push(problem);
  const open = await audit.openLog({ app: nameless.href, sequencer: urlAs(w.database, w.roles.sequencer), alarm });
  await withContext({ actor: user('hazel'), reason: 'a lesson' }, async () => {
    const em = orm.em.fork();
    const { id } = em.create(Warren, { name: 'Down', keeper: 'fiver', meadow: 'm1', flooded: false } as never) as { id: string };
    await em.flush();
    await em.nativeUpdate(Warren, { id }, { name: 'Up' });
  });
  await open.log.settle();
  const { events } = await open.log.after(0, {}, KEEPER, 100);
  await open.close();
  await orm.close(true);
  await w.close();
  expect(events.map(({ operation, actor, reason }) => [operation, actor.id, reason])).toEqual([
    ['create', 'hazel', 'a lesson'],
    ['update', 'hazel', 'a lesson'],
  ]);
  expect(alarms).toEqual([]);
});
