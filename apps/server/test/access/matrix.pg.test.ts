import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everything, router } from '@countersign/api/countersign';
import type { Route } from '@countersign/api/rest/route';
import { eventually } from '@countersign/testing/eventually';
import { type House, house } from '../house.ts';
import { type Caller, Calling, isCalled } from './calling.ts';
import { aboutOf, type Cell, expectationOf, labelOf, nothingLike, standingTo } from './cells.ts';
import { type Answer, listen, openSocket, overHttp } from './doors.ts';
import { type About, EXAMPLES, PLAIN } from './examples.ts';
import { comparable, judgeContent, noVerdicts, type Verdicts, wrongStatus } from './judge.ts';
import { type Persona, type Shown, seenThrough, type Stage, stage as setStage } from './stage.ts';
import { sees, seesSensitive } from './tables.ts';
import { type MakeThing, things } from './things.ts';

let home: House;
let stage: Stage;
let make: MakeThing;
let calling: Calling;
let everyRoute: readonly Route[];
let served: readonly string[];

beforeAll(async () => {
  home = await house();
  stage = await setStage(home);
  make = await things(stage);
  calling = new Calling(stage);
  everyRoute = home.serves.everyRoute;
  served = servedBy(home.serves.app.routes);
});
afterAll(() => home?.close());

const admin = () => stage.personas.find(({ role }) => role === 'admin') as Persona;

/** What the router itself says that it serves, without what looks at every request, and the refusals of other methods. */
function servedBy(routes: readonly { readonly method: string; readonly path: string }[]): string[] {
  const paths = new Set(routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path));
  const real = routes.filter(({ method, path }) => path !== '/*' && (method !== 'ALL' || !paths.has(path)));
  return [...new Set(real.map(({ method, path }) => `${method} ${path}`))];
}

const honoPath = ({ method, path }: Route) => `${method} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`;
const PROCEDURES = Object.keys(router._def.procedures);
const WHERE = 'apps/server/test/access/examples.ts';

describe('everything that can be called is tried', () => {
  test.each(PROCEDURES)('%s has an example', (name) => {
    const missing = `${name} is tried by nothing: add to EXAMPLES in ${WHERE} how it is called, and which rule of the specification says by whom`;
    expect(Object.keys(EXAMPLES[name] ?? {}).length, missing).toBeGreaterThan(0);
  });

  test('so is each route that the server has, and no example is of something that there isn’t', () => {
    const names = new Map(everyRoute.map((route) => [honoPath(route), route.name]));
    const untried = served.filter((route) => !(route in PLAIN) && !((names.get(route) ?? '') in EXAMPLES));
    const missing = `tried by nothing: add each to PLAIN in ${WHERE} where it is open to whoever asks, and the name of its route to EXAMPLES otherwise`;
    expect(untried, missing).toEqual([]);
    const known = new Set([...PROCEDURES, ...names.values()]);
    expect(Object.keys(EXAMPLES).filter((name) => !known.has(name))).toEqual([]);
    expect(Object.keys(PLAIN).filter((route) => !served.includes(route))).toEqual([]);
  });
});

const wrong = (verdicts: Verdicts, expected: string) => (expected === 'may' ? verdicts.wrongDenies : verdicts.wrongAllows);

async function tryCell(verdicts: Verdicts, caller: Caller, cell: Cell): Promise<void> {
  const { name, example, persona, standing, door } = cell;
  const about = await aboutOf({ stage, make }, example, persona, standing);
  const answer = await calling.through(door, caller, name, example.input(about));
  const expected = expectationOf(example.rule, persona.role, standing);
  const label = labelOf(cell);
  const told = `${answer.status} ${answer.text.slice(0, 300)}`;
  verdicts.cells++;
  const problem = wrongStatus(expected, answer, example.passed);
  if (problem) wrong(verdicts, expected).push(`${label}: ${problem}: ${told}`);
  else if (expected === 'absent' && !(await isAsNothing(caller, cell, { answer, about })))
    verdicts.wrongAllows.push(`${label}: AC-3: answered otherwise than where there is none: ${told}`);
  const isName = (text: string) => stage.all.some(({ whose }) => whose === text);
  const shown = caller.unseen.filter((text) => answer.text.includes(text) && !(example.namesWhoDidIt && isName(text)));
  if (shown.length) verdicts.wrongAllows.push(`${label}: shows ${shown.join(', ')}`);
  if (answer.status === 200) judgeContent(stage, verdicts, cell, answer, label);
}

/** AC-3: what one may not see is answered for as what there isn't, in the same words. */
async function isAsNothing(
  caller: Caller,
  { name, example, door }: Cell,
  { answer, about }: { answer: Answer; about: About },
): Promise<boolean> {
  return comparable(await calling.through(door, caller, name, example.input(nothingLike(about)))) === comparable(answer);
}

/** Every role by every way in every standing: `npm run trials -- matrix`. */
const WHOLE = process.env['MATRIX_WHOLE'] === 'true';

function report(what: string, { cells, wrongAllows, wrongDenies }: Verdicts): void {
  process.stdout.write(`${what}: ${cells} cells, wrong allows ${wrongAllows.length}, wrong denies ${wrongDenies.length}\n`);
  expect.soft(wrongAllows.slice(0, 40)).toEqual([]);
  expect.soft(wrongDenies.slice(0, 40)).toEqual([]);
}

test('AC-5: whoever isn’t signed in gets nothing of it, by no way', async () => {
  const verdicts = noVerdicts();
  const socket = await openSocket(home.url, null);
  const nobody: Caller = { persona: { ...admin(), token: null as never }, socket, unseen: [] };
  const refused = [...calling.cellsOf(admin())].filter(({ standing }) => standing === null || standing === 'of others');
  for (const cell of refused) {
    const about = await aboutOf({ stage, make }, { ...cell.example, on: 'history' }, admin(), cell.standing);
    const { status, text } = await calling.through(cell.door, nobody, cell.name, cell.example.input(about));
    verdicts.cells++;
    if (status !== 401 || stage.all.some(({ why, whose, secrets }) => [why, whose, ...secrets].some((one) => text.includes(one))))
      verdicts.wrongAllows.push(`nobody: ${labelOf(cell)}: ${status} ${text.slice(0, 300)}`);
  }
  socket.close();
  report('without signing in', verdicts);
});

test('AC-3: what is open to whoever asks shows nobody’s records', async () => {
  const every = stage.all.flatMap(({ why, whose, secrets }) => [why, whose, ...secrets]);
  for (const [route, { path, status, body }] of Object.entries(PLAIN)) {
    const method = route.startsWith('ALL') ? 'GET' : (route.split(' ')[0] as string);
    const init = body ? { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : { method };
    const answer = await fetch(`${home.url}${path}`, init);
    const text = await answer.text();
    expect(status, `${route}: ${text.slice(0, 200)}`).toContain(answer.status);
    expect(every.filter((one) => text.includes(one))).toEqual([]);
  }
});

describe('the live feed, over websockets and server-sent events', () => {
  const reached = (text: string) => Math.max(0, ...[...text.matchAll(/"to":(\d+)/g)].map(([, to]) => Number(to)));

  test('AUD-22: from the beginning of the log, and from then on, each gets what the table gives them', async () => {
    const verdicts = noVerdicts();
    const feeds: { persona: Persona; way: string; text: () => string; close: () => void }[] = [];
    for (const persona of stage.personas) {
      const socket = await openSocket(home.url, persona.token);
      feeds.push({ persona, way: 'a websocket', ...socket.follow('audit.live', { lastEventId: '0' }), close: socket.close });
      feeds.push({ persona, way: 'server-sent events', ...(await listen(home.url, persona.token, 'audit.live', { lastEventId: '0' })) });
    }
    const before = await stage.settled();
    await eventually(() => feeds.every(({ text }) => reached(text()) >= before), { timeout: 60_000 });
    const changed = await stage.changeAll();
    const after = await stage.settled();
    await eventually(() => feeds.every(({ text }) => reached(text()) >= after), { timeout: 60_000 });
    for (const { persona, way, text, close } of feeds) {
      const all = text();
      close();
      for (const [since, shown] of [
        ...stage.all.map((one) => ['what was', one] as const),
        ...changed.map((one) => ['what came', one] as const),
      ]) {
        const standing = standingTo(stage, persona, shown);
        verdicts.cells++;
        judgeShown(verdicts, all, shown, {
          visible: sees(persona.role, standing),
          sensitive: seesSensitive(persona.role),
          label: `${persona.role}: ${since}, ${standing}, over ${way}`,
        });
      }
    }
    report('live feed', verdicts);
  });
});

interface May {
  readonly visible: boolean;
  readonly sensitive: boolean;
  readonly label: string;
}

function judgeShown(verdicts: Verdicts, text: string, { why, secrets }: Shown, { visible, sensitive, label }: May): void {
  if (text.includes(why) !== visible) (visible ? verdicts.wrongDenies : verdicts.wrongAllows).push(`${label}: the event`);
  const open = visible && sensitive;
  for (const secret of secrets)
    if (text.includes(secret) !== open) (open ? verdicts.wrongDenies : verdicts.wrongAllows).push(`${label}: the sensitive field`);
}

test('AC-7: whoever looks at the system as somebody else gets what that person gets, of everything that reads, and changes nothing', async () => {
  const verdicts = noVerdicts();
  const seen = stage.personas.filter(({ role }) => role === 'supervisor' || role === 'worker');
  // Nobody of the stage: their name may be shown to whoever they look through.
  const { id } = await home.person('admin', 'Looker');
  const through = await Promise.all(seen.map(async (persona) => ({ ...persona, token: await seenThrough(home, id, persona) })));
  await calling.asEach(async (caller) => {
    const whose = seen.find(({ id }) => id === caller.persona.id) as Persona;
    for (const cell of calling.cellsOf(whose)) {
      if (!writes(cell.name)) await tryCell(verdicts, caller, cell);
      else await tryWriting(verdicts, caller, cell);
    }
  }, through);
  report('as somebody else', verdicts);
  expect(verdicts.cells).toBeGreaterThan(300);
}, 600_000);

const SAFE_METHODS = new Set(['GET']);

/** Whether what goes by this name changes something. */
function writes(name: string): boolean {
  const definition = everything.find((one) => one.name === name);
  return definition ? definition.kind === 'command' : everyRoute.some((route) => route.name === name && !SAFE_METHODS.has(route.method));
}

async function tryWriting(verdicts: Verdicts, caller: Caller, cell: Cell): Promise<void> {
  const { name, example, persona, standing, door } = cell;
  const about = nothingLike(await aboutOf({ stage, make }, { ...example, on: 'history' }, persona, standing));
  const answer = await calling.through(door, caller, name, example.input(about));
  verdicts.cells++;
  if (answer.status !== 403) verdicts.wrongAllows.push(`as ${labelOf(cell)}: ${answer.status} ${answer.text.slice(0, 200)}`);
}

// Some thousands of calls: on a machine that does much else they take minutes.
test('AC-2 AC-9 AC-10: every role, every procedure and route, every standing: nobody is let in wrongly, and nobody kept out', async () => {
  const verdicts = noVerdicts();
  await calling.asEach(async (caller) => {
    for (const cell of calling.cellsOf(caller.persona, { whole: WHOLE })) await tryCell(verdicts, caller, cell);
  });
  report('roles × procedures × standings × ways', verdicts);
  expect(verdicts.cells).toBeGreaterThan(WHOLE ? 4_500 : 1_500);
}, 600_000);

test('AC-2: the setting limits in-house staff to what is their own, whatever they read it by, and ends what is open', async () => {
  const inHouse = stage.personas.filter(({ role }) => role === 'in_house');
  const open = await openSocket(home.url, inHouse[0]?.token ?? '');
  await open.call({ name: 'people.me', kind: 'query', input: {} });
  const input = { name: 'inHouseSeesEverything', value: false, version: null, reason: 'to see whether it does' };
  expect((await overHttp(home.url, admin().token, { name: 'rights.change', kind: 'mutation', input })).status).toBe(200);
  expect(await open.closed).toBe(4001);
  const verdicts = noVerdicts();
  await calling.asEach(async (caller) => {
    for (const cell of calling.cellsOf(caller.persona)) {
      const { name, example, persona, standing, door } = cell;
      if (!name.startsWith('audit.') || !isCalled(name)) continue;
      const about = await aboutOf({ stage, make }, example, persona, standing);
      const answer = await calling.through(door, caller, name, example.input(about));
      verdicts.cells++;
      for (const shown of stage.all) {
        const own = standingTo(stage, persona, shown) === 'their own';
        if (!own && [shown.why, ...shown.secrets].some((one) => answer.text.includes(one))) verdicts.wrongAllows.push(labelOf(cell));
      }
      if (standing !== 'their own') continue;
      const problem = wrongStatus('may', answer);
      if (problem) verdicts.wrongDenies.push(`${labelOf(cell)}: ${problem}`);
      judgeContent(stage, verdicts, cell, answer, labelOf(cell));
    }
  }, inHouse);
  report('in-house staff, limited', verdicts);
});
