// A process of its own for each contender: what one library leaves behind in memory, or does to the process's promises, takes no
// time from another.
import { performance } from 'node:perf_hooks';
import { oneField, twoFields, type Numbering, type Place, type Saving } from './contender.ts';
import { CONTENDERS } from './contenders.ts';
import { prepare, type Prepared, type Work } from './work.ts';

/** What a saver is asked to do, one after the other. */
export type Order =
  | { readonly order: 'open'; readonly contender: string; readonly place: Place }
  | { readonly order: 'prepare'; readonly work: Work; readonly turn: number; readonly fields: 1 | 2; readonly numbered: boolean }
  | { readonly order: 'save' }
  | { readonly order: 'settle' };

/** Of each card, in microseconds. */
export interface Spent {
  readonly wall: number;
  /** Time on a processor. */
  readonly cpu: number;
}

/** To `prepare` how many cards, to `save` what it cost, to `settle` how many milliseconds it took until everything was numbered. */
type Result = number | Spent | null;
export type Answer = { readonly result: Result } | { readonly problem: string };

/** A turn so far after one that is asked for is nobody's. */
const UNUSED = 20;

let saving: Saving | null = null;
let prepared: Prepared | null = null;
let numbering: Numbering | null = null;

async function obey(order: Order): Promise<Result> {
  switch (order.order) {
    case 'open':
      saving = (await CONTENDERS.find(({ name }) => name === order.contender)?.open(order.place)) ?? null;
      return null;
    case 'prepare':
      if (numbering) throw new Error('the log is open still, and would number beside whatever is measured next');
      if (order.numbered) numbering = await warmLog(there(saving), order.turn);
      prepared = await prepare(order.work, there(saving), {
        change: (order.fields === 1 ? oneField : twoFields)(order.turn),
        turn: order.turn,
      });
      return prepared.cards;
    case 'save':
      return save(there(prepared));
    case 'settle':
      return settle();
  }
}

/** Opens the log, and has it number some change sets: its first ones it numbers on connections that have done nothing yet. */
async function warmLog(what: Saving, turn: number): Promise<Numbering | null> {
  const opened = (await what.number?.()) ?? null;
  const { save: saveAll } = await prepare('one', what, { change: twoFields(turn + UNUSED), turn: turn + UNUSED });
  await saveAll();
  await opened?.settled();
  return opened;
}

function there<Thing>(thing: Thing | null): Thing {
  if (thing === null) throw new Error('the orders came in the wrong order');
  return thing;
}

async function save({ cards, save: saveAll }: Prepared): Promise<Spent> {
  const before = process.cpuUsage();
  const wall = await saveAll();
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / cards };
}

/** Has everything numbered that was told. */
async function settle(): Promise<number> {
  const atWork = numbering ?? (await there(saving).number?.());
  numbering = null;
  const start = performance.now();
  await atWork?.settled();
  const took = performance.now() - start;
  await atWork?.close();
  return took;
}

process.on('message', (order: Order) => {
  const tell = (answer: Answer) => process.send?.(answer);
  obey(order).then(
    (result) => tell({ result }),
    (problem: unknown) => tell({ problem: problem instanceof Error ? (problem.stack ?? problem.message) : String(problem) }),
  );
});
