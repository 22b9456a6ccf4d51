import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { user, withContext } from '@countersign/audit/context';
import { compileRegistry } from '@countersign/audit/registry';
import { DECLARED, ENTITIES, MANUAL_ACTIONS } from '@countersign/domain/entities';
import { SecondFactor } from '@countersign/domain/people/second-factor/second-factor';
import { User } from '@countersign/domain/people/user';
import { eventually } from '@countersign/testing/eventually';
import { codeOf } from '../authenticator.ts';
import { type House, house, PASSWORD } from '../house.ts';
import { Calling } from './calling.ts';
import { aboutOf, labelOf } from './cells.ts';
import { bearer, listen, openSocket, overHttp, overRest } from './doors.ts';
import { PLAIN } from './examples.ts';
import { type Persona, type Stage, stage as setStage } from './stage.ts';
import { seesSensitive } from './tables.ts';
import { type MakeThing, things } from './things.ts';

/** A unique text that no escaping changes; what encodes bytes does. */
const marker = () => `zq${randomBytes(7).toString('hex')}qz`;

/** The shape of a field where a bare word won't do. */
const SHAPES: Readonly<Record<string, (word: string) => string>> = { email: (word) => `${word}@example.com` };

/** Fields whose present value is on pages by design, so that only what stood there before is a secret; and why. */
const OPEN_ELSEWHERE: Readonly<Record<string, string>> = {
  'User.first_name': 'names stand with whatever people do',
  'User.last_name': 'names stand with whatever people do',
  'User.email': 'who somebody is, in their own session',
};

const ADDRESS = '198.51.100.237';
const METRICS = 'token-for-the-metrics';

let home: House;
let stage: Stage;
let make: MakeThing;
let calling: Calling;
let admin: Persona;

/** What was put where. */
const placed: { readonly where: string; readonly word: string }[] = [{ where: 'the address of the context', word: ADDRESS }];
/** What makes a second factor is shown to its owner once, and stands nowhere in clear. */
const nowhere: { readonly where: string; readonly word: string }[] = [];
const WAY = put('what the request said of its way');
const AGENT = put('the user agent of the context');

function put(where: string): string {
  const word = marker();
  placed.push({ where, word });
  return word;
}

beforeAll(async () => {
  home = await house({ proxies: 1, metricsToken: METRICS });
  stage = await setStage(home);
  make = await things(stage);
  calling = new Calling(stage);
  admin = stage.personas.find(({ role }) => role === 'admin') as Persona;
  for (const field of sensitiveFields()) await markField(field);
  await markSecondFactor();
  await stage.settled();
});
afterAll(() => home?.close());

interface SensitiveField {
  readonly entity: string;
  readonly name: string;
}

/** From the declarations: a field that is declared sensitive from now on is tried from now on. */
function sensitiveFields(): readonly SensitiveField[] {
  const { vocabulary } = compileRegistry(DECLARED, home.system.orm.getMetadata(), { actions: MANUAL_ACTIONS });
  return vocabulary.fields.filter(({ sensitive }) => sensitive);
}

/** Puts one marker into a field of every row, then another one: what was and what is; then something else where what is may be seen. */
async function markField({ entity: type, name }: SensitiveField): Promise<void> {
  const property = entityCalled(type).props.find(({ fieldNames }) => fieldNames?.includes(name));
  const how = `put a marker into ${type}.${name}: it is no text column of an entity; say in apps/server/test/access/markers.pg.test.ts how it is marked`;
  if (!property || !/char|text/.test(property.columnTypes.join())) throw new Error(how);
  const where = `${type}.${name}`;
  const words = [put(`${where}, formerly`), where in OPEN_ELSEWHERE ? 'somebody' : put(where)];
  for (const [turn, word] of words.entries()) {
    await withContext(
      { actor: user(admin.id), channel: 'web', ipAddress: ADDRESS, forwardedFor: WAY, userAgent: AGENT, reason: 'to mark it' },
      async () => {
        const em = home.system.orm.em.fork();
        // The oldest first: those that the stage shows, not the thousand to act on.
        const rows: Record<string, unknown>[] = await em.find(
          entityCalled(type).class,
          {},
          { orderBy: { createdAt: 'asc' } as never, limit: 40 },
        );
        for (const [n, row] of rows.entries()) row[property.name] = shaped(name, `${word}${turn === 0 || property.unique ? `-${n}` : ''}`);
        await em.flush();
      },
    );
  }
}

/** Somebody sets one up, and signs in with a recovery code. */
async function markSecondFactor(): Promise<void> {
  const { id, email } = await home.person('worker');
  const ask = async (path: string, body: object, more: Record<string, string>) => {
    const headers = { 'content-type': 'application/json', ...more };
    const answer = await fetch(`${home.url}/api/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status, path).toBe(200);
    const cookie = answer.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ');
    return { cookie, body: (await answer.json()) as { secret: string; offer: string; recovery_codes: string[] } };
  };
  const owner = bearer(await home.token(email));
  const { secret, offer } = (await ask('second-factor/offer', {}, owner)).body;
  const { recovery_codes: codes } = (await ask('second-factor', { offer, confirmation: codeOf(secret) }, owner)).body;
  const { cookie } = await ask('sign-in/email', { email, password: PASSWORD }, {});
  await ask('sign-in/code', { code: codes[0] }, { cookie });
  nowhere.push({ where: 'the secret of a second factor', word: secret });
  for (const code of codes) for (const word of [code, code.replaceAll('-', '')]) nowhere.push({ where: 'a recovery code', word });
  const { sealedSecret, codeHashes } = await home.system.orm.em.fork().findOneOrFail(SecondFactor, { user: id });
  for (const word of [sealedSecret, ...codeHashes]) nowhere.push({ where: 'SecondFactor, as it is kept', word });
}

const entityCalled = (name: string) => home.system.orm.getMetadata().getByClassName<object>(name);

const shaped = (name: string, word: string) => SHAPES[name]?.(word) ?? word;

/** Every form in which a text may stand somewhere: as it is, which is also how URLs, JSON and HTML have it; in base64; in hex. */
function formsOf(word: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]).toString('base64');
    // The first and the last letters depend on what stands beside it.
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [word, ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), Buffer.from(word).toString('hex')];
}

const found = (text: string): string[] =>
  [...placed, ...nowhere].filter(({ word }) => formsOf(word).some((form) => text.includes(form))).map(({ where }) => where);

const unprivileged = () => stage.personas.filter(({ role }) => !seesSensitive(role));

describe('AC-4 AC-10: what is in sensitive fields', () => {
  test('is found by this test where it may be', async () => {
    const { text } = await overHttp(home.url, admin.token, { name: 'audit.page', kind: 'query', input: { limit: 500 } });
    expect(found(text).toSorted()).toEqual(placed.map(({ where }) => where).toSorted());
    expect(found(`x${Buffer.from(`ab${AGENT}c`).toString('base64')}`)).toEqual(['the user agent of the context']);
    expect(found(encodeURIComponent(JSON.stringify({ a: `<${AGENT}>` })))).toEqual(['the user agent of the context']);
  });

  test('is in nothing that those who may not see it are ever answered, by whatever way they ask', async () => {
    // The masking is one for all of them, and the matrix asks as each: of them a supervisor is shown the most.
    const askers = unprivileged().filter(({ role }) => role === 'supervisor');
    const shown: string[] = [];
    await calling.asEach(async (caller) => {
      for (const cell of calling.cellsOf(caller.persona)) {
        const about = await aboutOf({ stage, make }, cell.example, caller.persona, cell.standing);
        const { text } = await calling.through(cell.door, caller, cell.name, cell.example.input(about));
        const leaked = found(text);
        if (leaked.length) shown.push(`${labelOf(cell)}: ${leaked.join(', ')}`);
      }
    }, askers);
    expect(shown).toEqual([]);
  });

  test('is in no byte of their feeds', async () => {
    const head = await stage.settled();
    const feeds = await Promise.all(
      unprivileged().flatMap((persona) => [
        openSocket(home.url, persona.token).then((socket) => ({
          persona,
          ...socket.follow('audit.live', { lastEventId: '0' }),
          close: socket.close,
        })),
        listen(home.url, persona.token, 'audit.live', { lastEventId: '0' }).then((feed) => ({ persona, ...feed })),
      ]),
    );
    const reached = (text: string) => Math.max(0, ...[...text.matchAll(/"to":(\d+)/g)].map(([, to]) => Number(to)));
    await eventually(() => feeds.every(({ text }) => reached(text()) >= head), { timeout: 60_000 });
    for (const { persona, text, close } of feeds) {
      expect([persona.role, found(text())]).toEqual([persona.role, []]);
      close();
    }
  });

  test('is in nothing that is open to whoever asks: pages, the description, the metrics', async () => {
    for (const [route, { path, status }] of Object.entries(PLAIN)) {
      if (!route.startsWith('GET')) continue;
      const answer = await fetch(`${home.url}${path}`, { headers: path === '/metrics' ? bearer(METRICS) : {} });
      expect([route, found(await answer.text())]).toEqual([route, []]);
      expect(status, route).toContain(answer.status);
    }
  });
});

describe('AC-4: nobody finds a sensitive value by looking for it, whatever their role', () => {
  /** Each of these texts, or any of them. */
  const asking = (text: readonly string[]): [string, object][] => [
    ['audit.page', { text }],
    ['audit.page', { text, field: sensitiveFields().map(({ name }) => name) }],
    ['audit.overview', { text }],
  ];

  test('counts, bars and facets for it are those for any other text', async () => {
    const words = placed.flatMap(({ word }) => (word === ADDRESS ? [word] : [word.toUpperCase(), word.slice(0, 9)]));
    const others = words.map(() => marker());
    // One of each kind of sight: everything with its values, some without, one's own.
    for (const persona of stage.personas.filter(({ role }) => ['admin', 'supervisor', 'worker'].includes(role))) {
      for (const [name, input] of asking(words)) {
        const ask = async (asked: object) => {
          const { status, text } = await overHttp(home.url, persona.token, { name, kind: 'query', input: asked });
          return `${persona.role}: ${name}: ${status} ${text}`;
        };
        const [wanted, other] = [await ask(input), await ask({ ...input, text: others })];
        expect(wanted).toContain(': 200 ');
        expect(wanted).toBe(other);
      }
    }
  });
});

describe('AC-4: what is kept, told and logged', () => {
  /** Its own record, and nothing else. */
  const ITS_PLACE = new Map(ENTITIES.map(({ meta }) => [meta.tableName, meta.className]));

  test('stands in no table but its own: not in the log and its leaves, not in what waits, not in notices and messages', async () => {
    await changeOverTheInterface();
    await stage.settled();
    const tables = await home.sql<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['public.audit_event', 'public.audit_inbox', 'public.notifications', 'public.messages']),
    );
    const elsewhere: string[] = [];
    for (const { name } of tables) {
      const rows = await home.sql<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
      const own = ITS_PLACE.get(name.replace('public.', ''));
      const leaked = new Set(rows.flatMap(({ row }) => found(row)));
      for (const where of leaked) if (where.split(/[.,]/)[0] !== own) elsewhere.push(`${where} stands in ${name}`);
    }
    expect(elsewhere).toEqual([]);
  });

  test('is in no line of the server’s log, whatever goes wrong', async () => {
    // A constraint that nothing meets: PostgreSQL's own words for it hold the whole row.
    await home.sql(`alter table timecard_headers add constraint broken check (admin_notes is null) not valid`);
    await home.sql(`alter table profiles add constraint broken check (false) not valid`);
    const answers = await changeOverTheInterface();
    await changePast().catch(() => undefined);
    await home.sql(`alter table timecard_headers drop constraint broken`);
    await home.sql(`alter table profiles drop constraint broken`);
    expect(answers.map(({ status }) => status)).toContain(500);
    expect(answers.flatMap(({ text }) => found(text))).toEqual([]);
    expect(home.logged().length).toBeGreaterThan(10_000);
    expect([
      ...new Set(
        home
          .logged()
          .split('\n')
          .flatMap((line) => found(line).map((where) => `${where}: ${line.slice(0, 300)}`)),
      ),
    ]).toEqual([]);
  });

  /** An admin writes what is sensitive, validly and not, by REST and with a telling address and browser. */
  async function changeOverTheInterface() {
    const route = home.serves.everyRoute.find(({ name }) => name === 'timecards.update');
    if (!route) throw new Error('there is no route timecards.update');
    const note = put('Timecard.admin_notes');
    const cards = [stage.card('draft', admin, 'of others'), stage.card('draft', admin, 'of a person in their charge')];
    const reason = 'to mark it';
    const inputs = [
      ...cards.map(({ id, version }) => ({ id, version, adminNotes: note, reason })),
      { ...cards[0], adminNotes: note.repeat(400), reason },
      { ...cards[0], version: 77, adminNotes: note, reason },
    ];
    const answers = [];
    for (const { id, version, adminNotes } of inputs.map((input) => input as { id: string; version: number; adminNotes: string })) {
      const answer = await overRest(home.url, admin.token, route, { id, version, adminNotes, reason });
      answers.push(answer.status === 200 ? { ...answer, text: '' } : answer);
    }
    return answers;
  }

  /** The same through the unit of work, where the database says no. */
  async function changePast(): Promise<void> {
    await withContext({ actor: user(admin.id), channel: 'web', userAgent: AGENT }, async () => {
      const em = home.system.orm.em.fork();
      const one = await em.findOneOrFail(User, { id: admin.id });
      one.phoneNumber = put('User.phone_number');
      await em.flush();
    });
  }
});
