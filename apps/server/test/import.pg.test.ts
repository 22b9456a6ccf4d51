import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '@countersign/client';
import { eventually } from '@countersign/testing/eventually';
import { type House, house, PASSWORD } from './house.ts';

let home: House;
let token: string;
let worker: { id: string; email: string };
let site: string;

beforeAll(async () => {
  home = await house({ importLimit: 1024 * 1024 });
  token = await home.token((await home.person('manager')).email);
  worker = await home.person('worker', 'Wanda');
  site = await home.site();
});
afterAll(() => home.close());

const bearer = (value = token) => ({ authorization: `Bearer ${value}`, 'content-type': 'text/csv' });
const file = (...lines: string[]) => ['Email,Date,Clock In,Clock Out', ...lines.map((line) => `${worker.email},${line}`), ''].join('\n');

async function upload(body: string | Uint8Array<ArrayBuffer>, { headers = bearer(), name = 'november.csv' } = {}) {
  const answer = await fetch(`${home.url}/api/imports?file_name=${encodeURIComponent(name)}`, { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}
const kept = async () => Number((await home.sql<{ n: string }>('select count(*) as n from timecard_uploads'))[0]?.n);

describe('TC-12: uploading over HTTP', () => {
  test('keeps the file, says what it looks like, and the procedures do the rest', async () => {
    const answer = await upload(file('2026-11-03,08:00,16:00', '2026-11-04,08:00,16:00'));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      file_name: 'november.csv',
      status: 'received',
      layout: { encoding: 'utf-8', delimiter: ',', heading_line: 1, rows: 'shift', columns: ['person', 'day', 'check_in', 'check_out'] },
      missing: [expect.stringContaining('site')],
      beginning: { headings: ['Email', 'Date', 'Clock In', 'Clock Out'] },
    });
    const { trpc } = createClient({ url: home.url, token });
    const id = String(answer.body['id']);
    expect((await trpc.imports.read.mutate({ id, site })).counts).toMatchObject({ create: 2, problems: 0 });
    const made = await trpc.imports.confirm.mutate({ id, reason: 'the November file' });
    expect(made).toMatchObject({ fileName: 'november.csv', timecardsCreated: 1 });
    expect(await trpc.imports.get.query({ id })).toMatchObject({ status: 'imported', importId: made.id });
    const events = await eventually(async () => {
      const { events } = await trpc.audit.page.query({ action: 'timecards_imported' });
      return events.length > 0 && events;
    });
    expect(events[0]).toMatchObject({ changeId: made.changeId, channel: 'import', reason: 'the November file' });
  });

  test('as REST alone, in its own words', async () => {
    const { body } = await upload(file('2026-12-03,08:00,16:00'));
    const ask = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${home.url}/api/imports/${String(body['id'])}${path}`, {
        ...init,
        headers: { ...bearer(), 'content-type': 'application/json' },
      });
      return (await answer.json()) as never;
    };
    expect(await ask('/read', { method: 'POST', body: JSON.stringify({ site, new_cards: 'day' }) })).toMatchObject({
      counts: { create: 1, new_cards: 1 },
    });
    expect(await ask('/shifts?outcome=create')).toMatchObject({
      total: 1,
      data: [{ work_date: '2026-12-03', person: { name: 'Wanda worker' } }],
    });
    expect(await ask('/problems')).toEqual({ total: 0, data: [] });
    expect(await ask('/confirm', { method: 'POST', body: JSON.stringify({ reason: 'the December file' }) })).toMatchObject({
      timecards_created: 1,
    });
  });

  test('AC-8: more than the limit is refused with 413, said before or not, and nothing is kept', async () => {
    const before = await kept();
    const large = randomBytes(2 * 1024 * 1024)
      .toString('base64')
      .slice(0, 2 * 1024 * 1024);
    expect(await upload(large)).toMatchObject({ status: 413, body: { code: 'TOO_LARGE', details: expect.stringContaining('1 MB') } });
    const streamed = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(large));
        controller.close();
      },
    });
    const answer = await fetch(`${home.url}/api/imports`, {
      method: 'POST',
      headers: bearer(),
      body: streamed,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
    expect(await kept()).toBe(before);
    const limits = await fetch(`${home.url}/api/imports`, { headers: bearer() });
    expect(await limits.json()).toEqual({ bytes: 1024 * 1024 });
  });

  test('AC-9: is for managers and admins who are signed in, from pages of this server', async () => {
    expect((await upload('a', { headers: { authorization: '', 'content-type': 'text/csv' } })).status).toBe(401);
    expect(await upload('a', { headers: bearer(await home.token(worker.email)) })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    const elsewhere = {
      cookie: `countersign_session=${token}`,
      origin: 'https://elsewhere.example',
      'content-type': 'text/csv',
      authorization: '',
    };
    expect((await upload('a', { headers: elsewhere })).status).toBe(403);
  });

  test('AC-5: whose session ends, or who may import no more, while the file is on its way has uploaded nothing', async () => {
    const before = await kept();
    const signOut = (own: string) =>
      fetch(`${home.url}/api/auth/sign-out-everywhere`, {
        method: 'POST',
        headers: { ...bearer(own), 'content-type': 'application/json' },
        body: '{}',
      });
    const demote = (_: string, id: string) => home.sql("update profiles set role = 'worker' where id = $1", [id]);
    const outcomes = [];
    for (const end of [signOut, demote]) {
      const manager = await home.person('manager');
      const own = await home.token(manager.email);
      const sending = request(`${home.url}/api/imports`, { method: 'POST', headers: { ...bearer(own), 'content-length': '400000' } });
      const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
      sending.write('a,b,c\n'.repeat(66_666));
      await eventually(async () => (await kept()) === before + 1);
      await end(own, manager.id);
      sending.end('a,b\n');
      const [answer] = await answered;
      answer.resume();
      outcomes.push(answer.statusCode);
      await eventually(async () => (await kept()) === before);
    }
    expect(outcomes).toEqual([401, 403]);
  });

  test('AC-5: whose session goes on by another token while the file is on its way has uploaded it', async () => {
    const manager = await home.person('manager');
    const cookie = `countersign_session=${await home.token(manager.email)}`;
    const before = await kept();
    const sending = request(`${home.url}/api/imports`, { method: 'POST', headers: { cookie, 'content-length': '400000' } });
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    sending.write('a,b,c\n'.repeat(66_666));
    await eventually(async () => (await kept()) === before + 1);
    const changed = await fetch(`${home.url}/api/auth/password`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ current: PASSWORD, password: 'seven summers by the lake' }),
    });
    expect(changed.status).toBe(200);
    sending.end('a,b\n');
    const [answer] = await answered;
    answer.resume();
    expect(answer.statusCode).toBe(200);
  });

  test('what breaks off half way leaves nothing', async () => {
    const before = await kept();
    const sending = request(`${home.url}/api/imports`, { method: 'POST', headers: { ...bearer(), 'content-length': '900000' } });
    sending.on('error', () => undefined);
    sending.write('x'.repeat(400_000));
    await eventually(async () => (await kept()) === before + 1);
    sending.destroy();
    await eventually(async () => (await kept()) === before);
    expect(home.logged()).not.toContain('a request failed');
  });

  test('AC-8: what has a row longer than any table’s is refused in words', async () => {
    expect(await upload('x'.repeat(200_000))).toMatchObject({ status: 400, body: { details: expect.stringContaining('longer than') } });
  });

  test('unknown parameters and what is no table are refused in words', async () => {
    const odd = await fetch(`${home.url}/api/imports?name=x`, { method: 'POST', headers: bearer(), body: 'a' });
    expect(await odd.json()).toMatchObject({ code: 'VALIDATION_ERROR', fields: [{ field: 'name' }] });
    expect(await upload(Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]))).toMatchObject({
      status: 400,
      body: { details: expect.stringContaining('CSV UTF-8') },
    });
  });
});

describe('TC-12: the export over HTTP', () => {
  test('is a file for a browser to keep, with the filters of the list, and can be uploaded as it is', async () => {
    const answer = await fetch(`${home.url}/api/timecards/export?person=${worker.id}&rows=punch&delimiter=semicolon`, {
      headers: bearer(),
    });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="timecards-\d{4}-\d\d-\d\d-[0-9a-f-]{36}\.csv"$/),
      'cache-control': 'no-store',
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toMatch(/^Person;Email;Site;Timestamp;Event\r\n/);
    expect((await upload(bytes)).body).toMatchObject({ missing: [], layout: { rows: 'punch', delimiter: ';' } });
    await eventually(async () => (await home.system.trail.log.settle()).waiting === 0);
    const events = await home.sql(
      `select channel, request_id, metadata->>'rows' as rows from audit_event where action = 'timecards_exported'`,
    );
    expect(events, 'AUD-9').toEqual([{ channel: 'api', request_id: answer.headers.get('x-request-id'), rows: 'punch' }]);
  });

  test('AC-5: breaks off where the session of whoever asked for it ends meanwhile', async () => {
    const own = await home.token((await home.person('manager')).email);
    await home.sql(
      `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end, status)
        values (gen_random_uuid(), $1, $2, 'UTC', '2025-01-05', '2025-01-05', 'draft')`,
      [(await home.person('worker')).id, site],
    );
    await home.sql('begin');
    await home.sql('lock table timecard_daily_entries in access exclusive mode');
    const answer = fetch(`${home.url}/api/timecards/export`, { headers: bearer(own) });
    try {
      await eventually(async () => (await home.sql("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).length > 0); // prettier-ignore
      await fetch(`${home.url}/api/auth/sign-out-everywhere`, {
        method: 'POST',
        headers: { ...bearer(own), 'content-type': 'application/json' },
        body: '{}',
      });
    } finally {
      await home.sql('commit');
    }
    // The headings are out by then, and no card follows.
    expect((await answer).status).toBe(200);
    await expect((await answer).text()).rejects.toThrow();
    expect(home.logged()).not.toContain('a request failed');
  });

  test('AUD-29: countersign audit export says of a file whether it is one that left here, or was altered', async () => {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const env = { ...process.env, DATABASE_URL: home.database.ownerUrl, LOG_LEVEL: 'fatal' };
    const run = (path: string) =>
      promisify(execFile)(process.execPath, [main, 'audit', 'export', path], { env }).then(
        ({ stdout }) => ({ code: 0, stdout }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout: stdout || stderr }),
      );
    const answer = await fetch(`${home.url}/api/timecards/export?person=${worker.id}`, { headers: bearer() });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const named = /filename="(.+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? '';
    await eventually(async () => (await home.system.trail.log.settle()).waiting === 0);
    const folder = await mkdtemp(join(tmpdir(), 'countersign-export-'));
    const put = async (name: string, content: Buffer) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    const altered = Buffer.concat([bytes, Buffer.from('Wanda,wanda@example.com\r\n')]);
    const [genuine, other, unknown, missing] = await Promise.all([
      put('renamed.csv', bytes).then(run),
      put(named, altered).then(run),
      put('altered.csv', altered).then(run),
      run(join(folder, 'nowhere.csv')),
    ]);
    await rm(folder, { recursive: true });
    expect(genuine).toEqual({ code: 0, stdout: expect.stringContaining('This file is as it was exported.') });
    expect(genuine.stdout).toMatch(/by .*manager.*; event #\d+, reference [0-9a-f-]{36}\.\nOne row for each shift, .*filter: person /);
    expect(other).toEqual({ code: 1, stdout: expect.stringMatching(/isn’t what was exported: .* bytes\.\nExported /) });
    expect(unknown).toEqual({ code: 1, stdout: expect.stringMatching(/^No export had these bytes/) });
    expect(missing).toEqual({ code: 2, stdout: expect.stringContaining('nowhere.csv') });
  }, 240_000);

  test('AC-2, AC-8: is refused before it begins, in words', async () => {
    const ask = async (query: string, headers: Record<string, string> = bearer()) => {
      const answer = await fetch(`${home.url}/api/timecards/export${query}`, { headers });
      return { status: answer.status, body: await answer.json() };
    };
    expect(await ask('?rows=both')).toMatchObject({ status: 400, body: { fields: [{ field: 'rows' }] } });
    expect((await ask('', {})).status).toBe(401);
    expect((await ask('', bearer(await home.token(worker.email)))).status).toBe(403);
  });

  test('AUD-29: of the file nobody gets the head alone, which would be recorded as taken away', async () => {
    const told = () => home.sql("select 1 from audit_event where action = 'timecards_exported'");
    const before = await told();
    const answer = await fetch(`${home.url}/api/timecards/export`, { method: 'HEAD', headers: bearer() });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    await eventually(async () => (await home.system.trail.log.settle()).waiting === 0);
    expect(await told()).toEqual(before);
  });

  test('AC-6: two go out to one person at a time; a third is told when to come back, and another person isn’t kept waiting', async () => {
    const mine = bearer(await home.token((await home.person('manager')).email));
    const other = bearer(await home.token((await home.person('manager')).email));
    const ask = (headers: Record<string, string>) => fetch(`${home.url}/api/timecards/export`, { headers });
    await home.sql('begin');
    await home.sql('lock table timecard_daily_entries in access exclusive mode');
    const asked = [ask(mine), ask(mine), ask(mine), ask(other)];
    try {
      // The others wait for the lock.
      const refused = await Promise.race(asked);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
      expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', error: '2 exports of yours are under way' });
      // A browser would show that as it is: it is led to the list, which says it.
      const going = { headers: { ...mine, 'sec-fetch-mode': 'navigate' } };
      const [led] = (await once(get(`${home.url}/api/timecards/export?status=draft&rows=punch`, going), 'response')) as [IncomingMessage];
      led.resume();
      expect([led.statusCode, led.headers.location]).toEqual([303, '/timecards?status=draft&notExported=busy']);
    } finally {
      await home.sql('commit');
    }
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).toSorted((one, next) => one - next)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.status).toBe(200);
    await Promise.all(answers.map(async (answer) => answer.bodyUsed || (await answer.text())));
    await eventually(async () => {
      const answer = await ask(mine);
      await answer.text();
      return answer.status === 200;
    });
  });
});
