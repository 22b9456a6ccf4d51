import { spawn } from 'node:child_process';
import { createDecipheriv, createECDH, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '@countersign/client';
import { eventually } from '@countersign/testing/eventually';
import { openDatabase } from '../src/database/database.ts';
import { mailPort } from '../src/messages/mail.ts';
import { portsOf } from '../src/messages/ports.ts';
import { openPostman, type PostmanOptions } from '../src/messages/postman.ts';
import { type Port, Undeliverable } from '../src/messages/port.ts';
import { pushPort } from '../src/messages/push.ts';
import { smsPort } from '../src/messages/sms.ts';
import { type House, house, PASSWORD, settingsFor } from './house.ts';
import { httpReceiver, IMPATIENT, mailServer } from './post-office.ts';

const PUBLIC = 'https://countersign.example.com';

let home: House;
let appUrl: string;
let person: { id: string; email: string };
beforeAll(async () => {
  home = await house();
  ({ app: appUrl } = (await openDatabase(settingsFor(home.database))).logins);
  person = await home.person('worker', 'Emre');
});
afterEach(async () => {
  await home.sql('delete from messages');
  await home.sql('delete from jobs.job');
});
afterAll(() => home.close());

async function mailbox() {
  const server = await mailServer();
  onTestFinished(server.close);
  return server;
}

async function receiver() {
  const server = await httpReceiver();
  onTestFinished(server.close);
  return server;
}

/** A postman at work on the house's database until the test is over. */
async function atWork(ports: PostmanOptions['ports']) {
  const reported: unknown[] = [];
  const report = (problem: unknown) => void reported.push(problem);
  const postman = await openPostman({ orm: home.system.orm, appUrl, ports, report, patience: IMPATIENT });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= postman.close());
  onTestFinished(close);
  return { close, reported };
}

function mail(smtpUrl: string) {
  const port = mailPort({ smtpUrl, from: 'Countersign <countersign@example.com>', publicUrl: PUBLIC });
  onTestFinished(port.close);
  return port.send;
}

/** What a mail says, its transfer encoding undone. */
const textOf = (raw: string) =>
  Buffer.from(
    raw
      .slice(raw.indexOf('\r\n\r\n'))
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();

/** AUD-9: what the log says of a message. */
async function sentEvents(id: string | undefined) {
  await eventually(async () => (await home.system.trail.log.settle()).waiting === 0);
  return home.sql(
    `select subject_id as subject, target_label as label, metadata from audit_event
      where action = 'notification_sent' and target_id = $1 and actor_id = 'messages'`,
    [id],
  );
}

interface Row {
  readonly status: string;
  readonly attempts: number;
  readonly last_error: string | null;
}

interface Outgoing {
  readonly channel?: string;
  readonly address?: string | null;
  readonly subject?: string;
  readonly subscription?: string;
  readonly later?: string;
  /** The kind of the notice that it goes out for, by somebody's doing. */
  readonly of?: { readonly kind: string; readonly by: string };
}

/** Puts a message into the outbox. */
async function outbox(parts: Outgoing = {}) {
  const {
    channel = 'mail',
    address = channel === 'push' ? null : person.email,
    subject = 'Your timecard was approved: 3 Nov 2026',
  } = parts;
  const [notice] = parts.of
    ? await home.sql<{ id: string }>(
        `insert into notifications (id, person_id, kind, actor_kind, actor_id, title, details)
         values (gen_random_uuid(), $1, $2, 'user', $3, $4, '[]') returning id`,
        [person.id, parts.of.kind, parts.of.by, subject],
      )
    : [];
  const [row] = await home.sql<{ id: string }>(
    `insert into messages (id, person_id, channel, address, subscription_id, subject, body, path, not_before, notification_id)
     values (gen_random_uuid(), $1, $2, $3, $4, $5, $8, '/timecards/1', now() + $6::interval, $7) returning id`,
    [
      person.id,
      channel,
      address,
      parts.subscription ?? null,
      subject,
      parts.later ?? '0',
      notice?.id ?? null,
      parts.of ? `Hello Emre,\n\n${subject}.` : 'Hello Emre',
    ],
  );
  return row?.id ?? '';
}

const rowOf = async (id: string): Promise<Row | undefined> =>
  (await home.sql<Row>('select status, attempts, last_error from messages where id = $1', [id]))[0];
const becomes = (id: string, status: string) => eventually(async () => (await rowOf(id))?.status === status, { timeout: 45_000 });

describe('R-7: mail', () => {
  test('R-7: a rejection arrives as a mail with its reason and a link without a token, once', async () => {
    const { mails, url } = await mailbox();
    const manager = await home.person('manager', 'Ada');
    const trpc = async (email: string) => {
      const client = createClient({ url: home.url, token: await home.token(email) });
      onTestFinished(client.close);
      return client.trpc;
    };
    const [mine, boss] = [await trpc(person.email), await trpc(manager.email)];
    await mine.notifications.setPreferences.mutate({ quiet: false });
    const day = { periodStart: '2026-11-03', periodEnd: '2026-11-03' };
    const times = { checkInTime: '2026-11-03T08:00:00+01:00', checkOutTime: '2026-11-03T16:00:00+01:00' };
    const card = await mine.timecards.create.mutate({ person: person.id, site: await home.site(), ...day, ...times });
    const submitted = await mine.timecards.submit.mutate({ id: card.id, version: card.version });
    const reason = 'The gate log says otherwise, see Möller';
    await boss.timecards.reject.mutate({ id: card.id, version: submitted.version, reason, fieldsToMend: ['check_out_time'] });
    await atWork({ mail: mail(url) });
    await eventually(() => mails.length === 1, { timeout: 45_000 });
    const [row] = await home.sql<{ id: string }>('select id from messages');
    await becomes(row?.id ?? '', 'sent');
    expect(await sentEvents(row?.id)).toEqual([
      { subject: person.id, label: 'Mail', metadata: { channel: 'mail', delivery_status: 'sent', attempts: 1 } },
    ]);
    const [{ raw, from, to }] = mails as [(typeof mails)[number]];
    expect([from, to]).toEqual(['countersign@example.com', [person.email]]);
    expect(raw).toContain('Subject: Your timecard was rejected: 3 Nov 2026');
    expect(raw).toContain(`Message-ID: <${row?.id}@countersign.example.com>`);
    const text = textOf(raw);
    expect(text).toContain(reason);
    expect(text).toContain('To mend: Check Out Time');
    expect(text).toContain(`${PUBLIC}/timecards/${card.id}\r\n`);
    expect(text).not.toMatch(/[?&](token|session)=/);
  });

  test('AC-5: an invitation arrives with a link that works once; withdrawn before it is sent, it isn’t sent', async () => {
    const { mails, url } = await mailbox();
    const admin = await home.person('admin', 'Ida');
    const client = createClient({ url: home.url, token: await home.token(admin.email) });
    onTestFinished(client.close);
    const profile = { lastName: 'Berg', role: 'worker', level: 1, timeZone: 'UTC' } as const;
    const user = await client.trpc.users.invite.mutate({ ...profile, firstName: 'Ann', email: 'ann@example.com' });
    const gone = await client.trpc.users.invite.mutate({ ...profile, firstName: 'Bo', email: 'bo@example.com' });
    await client.trpc.users.withdrawInvitation.mutate({ id: gone.id, version: gone.version, reason: 'Took another job' });
    await atWork({ mail: mail(url) });
    const sent = async () => home.sql<{ status: string; person_id: string }>('select status, person_id from messages');
    await eventually(async () => (await sent()).every(({ status }) => status !== 'waiting'), { timeout: 45_000 });
    expect(Object.fromEntries((await sent()).map(({ person_id: id, status }) => [id, status]))).toEqual({
      [user.id]: 'sent',
      [gone.id]: 'failed',
    });
    const links = mails.map(({ raw }) => /countersign\.example\.com\/invitation#([\w-]{43})/.exec(raw.replace(/=\r\n/g, ''))?.[1]);
    expect(links).toEqual([expect.any(String)]);
    const ask = async (path: string, body: object) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const answer = await fetch(`${home.url}/api/auth/${path}`, init);
      return [answer.status, (await answer.json()) as object] as const;
    };
    const [token] = links;
    expect(await ask('invitation', { token })).toMatchObject([200, { name: 'Ann Berg', email: 'ann@example.com' }]);
    expect(await ask('invitation/accept', { token, password: 'short' })).toMatchObject([400, { fields: [{ field: 'password' }] }]);
    expect(await ask('invitation/accept', { token, password: PASSWORD })).toMatchObject([200, { email: 'ann@example.com' }]);
    expect(await ask('invitation/accept', { token, password: PASSWORD })).toMatchObject([404, { error: 'This invitation is over' }]);
    expect(await home.token('ann@example.com')).toMatch(/^[\w-]{43}$/);
    // Neither what was sent nor what was typed is in the server's own log.
    expect(home.logged()).not.toContain(token);
  });

  test('R-7: what stands in a subject or an address begins no header and adds no receiver', async () => {
    const { mails, url } = await mailbox();
    const send = mail(url);
    const parcel = { id: 'a', browser: null, body: 'Hello', path: null, urgent: false };
    await send({ ...parcel, subject: 'Hi\r\nBcc: eve@example.com', address: 'emre@example.com' });
    await send({ ...parcel, subject: 'Hi', address: 'emre@example.com, eve@example.com' }).catch(() => undefined);
    await send({ ...parcel, subject: 'Hi', address: 'emre@example.com>\r\nRCPT TO:<eve@example.com' }).catch(() => undefined);
    expect(mails.flatMap(({ to }) => to)).not.toContain('eve@example.com');
    expect(mails[0]?.raw).not.toMatch(/^Bcc:/m);
  });

  test('R-7: a mail server that is busy is tried again, one that refuses for good is not', async () => {
    const { mails, state, url } = await mailbox();
    state.refuse = { code: 451, message: 'try again later' };
    const busy = await outbox();
    await atWork({ mail: mail(url) });
    await eventually(async () => ((await rowOf(busy))?.attempts ?? 0) >= 2, { timeout: 45_000 });
    expect(await rowOf(busy)).toMatchObject({ status: 'waiting', last_error: expect.stringContaining('try again later') as string });
    state.refuse = null;
    await becomes(busy, 'sent');
    expect(mails).toHaveLength(1);
    state.refuse = { code: 550, message: 'no such user' };
    const unknown = await outbox();
    await becomes(unknown, 'failed');
    expect(await rowOf(unknown)).toMatchObject({ attempts: 1, last_error: expect.stringContaining('no such user') as string });
  });
});

describe('R-7: the outbox', () => {
  test('R-7: what nothing can send is kept in it, and what waits for quiet hours to end is neither sent nor kept before', async () => {
    const [now, later] = [await outbox(), await outbox({ later: '1 hour' })];
    const { close } = await atWork({});
    await becomes(now, 'kept');
    expect((await rowOf(later))?.status).toBe('waiting');
    await close();
    const { mails, url } = await mailbox();
    await atWork({ mail: mail(url) });
    const other = await outbox();
    await becomes(other, 'sent');
    expect((await rowOf(later))?.status).toBe('waiting');
    expect(mails).toHaveLength(1);
  });

  test('R-7: of what is alike the first goes at once, and what follows within ten minutes as one that tells of it all', async () => {
    const { mails, url } = await mailbox();
    await Promise.all([1, 2].map(() => atWork({ mail: mail(url) })));
    const alike = { kind: 'rights_changed', by: crypto.randomUUID() };
    const first = await outbox({ subject: 'One', of: alike });
    await becomes(first, 'sent');
    const held = [await outbox({ subject: 'Two', of: alike }), await outbox({ subject: 'Three', of: alike })];
    const others = [
      await outbox({ subject: 'Of another kind', of: { ...alike, kind: 'change_contested' } }),
      await outbox({ subject: 'By another', of: { ...alike, by: crypto.randomUUID() } }),
    ];
    const moved = await outbox({ subject: 'Elsewhere', of: alike, address: 'emre@elsewhere.example' });
    for (const id of [...others, moved]) await becomes(id, 'sent');
    expect(await Promise.all(held.map(async (id) => (await rowOf(id))?.status))).toEqual(['waiting', 'waiting']);
    await home.sql("update messages set handed_at = handed_at - interval '10 minutes' where id = $1", [first]);
    await becomes(held[0] ?? '', 'sent');
    expect((await rowOf(held[1] ?? ''))?.status).toBe('gathered');
    expect(new Set(mails.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim()))).toEqual(
      new Set(['2 notices, the first: Two', 'By another', 'Of another kind', 'Elsewhere', 'One']),
    );
    expect(mails).toHaveLength(5);
    expect(textOf(mails.at(-1)?.raw ?? '')).toContain(`Two.\r\n\r\n* * *\r\n\r\nThree.\r\n\r\n${PUBLIC}/notifications\r\n`);
    expect(await home.sql('select from notifications where actor_id = $1', [alike.by])).toHaveLength(5);
  });

  test('AC-5: what waits for whoever was disabled meanwhile is not sent', async () => {
    const { mails, url } = await mailbox();
    const id = await outbox();
    await home.sql('update profiles set disabled_at = now() where id = $1', [person.id]);
    onTestFinished(async () => void (await home.sql('update profiles set disabled_at = null where id = $1', [person.id])));
    await atWork({ mail: mail(url) });
    await becomes(id, 'failed');
    expect([(await rowOf(id))?.last_error, mails.length]).toEqual(['The account was disabled before it was sent.', 0]);
  });

  test('R-7: three nodes send two hundred messages, each once', async () => {
    const { mails, url } = await mailbox();
    const ids: string[] = [];
    for (let n = 0; n < 200; n++) ids.push(await outbox({ subject: `Notice ${n}` }));
    await Promise.all([1, 2, 3].map(() => atWork({ mail: mail(url) })));
    await eventually(() => mails.length >= 200, { timeout: 90_000 });
    await eventually(async () => (await home.sql("select from messages where status <> 'sent'")).length === 0);
    const subjects = mails.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim());
    expect(new Set(subjects).size).toBe(200);
    expect(mails).toHaveLength(200);
  });

  test('R-7: what a killed node had taken is sent by another one, and nothing is lost', async () => {
    const ids = [await outbox({ subject: 'First' }), await outbox({ subject: 'Second' })];
    const script = fileURLToPath(new URL('fixtures/stuck-postman.ts', import.meta.url));
    const child = spawn(process.execPath, [script, appUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await Promise.all(ids.map(async (id) => (await rowOf(id))?.status))).toEqual(['waiting', 'waiting']);
    const { mails, url } = await mailbox();
    await atWork({ mail: mail(url) });
    for (const id of ids) await becomes(id, 'sent');
    expect(mails).toHaveLength(2);
  });

  test('R-7: a node that is alive and slow keeps what it has taken: nobody else sends it too', async () => {
    const { mails, url } = await mailbox();
    const send = mail(url);
    let taken = 0;
    const slow: Port = async (parcel) => {
      taken++;
      await new Promise((resolve) => setTimeout(resolve, 15_000)); // longer than a dead node is given
      await send(parcel);
    };
    await atWork({ mail: slow });
    const id = await outbox();
    await eventually(() => taken === 1, { timeout: 45_000 });
    await atWork({ mail: send });
    await becomes(id, 'sent');
    expect([taken, mails.length]).toEqual([1, 1]);
  });

  test('the application changes no table of the queue', async () => {
    const { reported } = await atWork({});
    await expect(home.system.orm.em.fork().execute('create table jobs.mine (id int)')).rejects.toThrow(/permission denied/);
    expect(reported).toEqual([]);
  });
});

describe('R-7: text messages', () => {
  test('R-7: are posted to the provider with link and key, and tried again where that can help', async () => {
    const { posted, state, url } = await receiver();
    state.answer = (to) => void to.writeHead(posted.length === 1 ? 503 : 200).end();
    await atWork({ sms: smsPort({ url, token: 'secret', from: 'Countersign', publicUrl: PUBLIC }) });
    const id = await outbox({ channel: 'sms', address: '+49 30 1234567' });
    await becomes(id, 'sent');
    expect(posted).toHaveLength(2);
    expect(posted[1]?.headers).toMatchObject({ authorization: 'Bearer secret', 'idempotency-key': id });
    expect(JSON.parse(posted[1]?.body.toString() ?? '')).toEqual({
      to: '+49 30 1234567',
      from: 'Countersign',
      text: `Hello Emre ${PUBLIC}/timecards/1`,
    });
    state.answer = (to) => void to.writeHead(400).end();
    const wrong = await outbox({ channel: 'sms', address: '0' });
    await becomes(wrong, 'failed');
    expect((await rowOf(wrong))?.last_error).toBe('The SMS provider answered with 400');
    expect(await sentEvents(wrong)).toMatchObject([{ label: 'Text message', metadata: { delivery_status: 'failed' } }]);
  });

  test('R-7: no redirect is followed', async () => {
    const { state, url } = await receiver();
    state.answer = (to) => void to.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    const send = smsPort({ url, token: null, from: null, publicUrl: PUBLIC });
    const parcel = { id: 'a', address: '1', browser: null, subject: '', body: '', path: null, urgent: true };
    await expect(send(parcel)).rejects.toThrow();
  });
});

/** A browser's side of Web Push: its keys, and how it reads what was encrypted for it (RFC 8291). */
function browser() {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  const read = (body: Buffer): unknown => {
    const salt = body.subarray(0, 16);
    const sender = body.subarray(21, 21 + (body[20] ?? 0));
    const secret = keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
    const prk = createHmac('sha256', createHmac('sha256', auth).update(secret).digest())
      .update(Buffer.concat([info, Buffer.from([1])]))
      .digest();
    const part = (label: string, length: number) => Buffer.from(hkdfSync('sha256', prk, salt, `Content-Encoding: ${label}\0`, length));
    const sealed = body.subarray(21 + (body[20] ?? 0));
    const decipher = createDecipheriv('aes-128-gcm', part('aes128gcm', 16), part('nonce', 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString();
    return JSON.parse(text.slice(0, text.lastIndexOf('\u0002')));
  };
  return { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url'), read };
}

describe('TC-13: Web Push', () => {
  const contact = 'mailto:admin@example.com';
  const keys = () => home.sql<{ public_key: string; private_key: string; active: boolean }>('select * from push_keys');
  const settings = (push: { contact: string; services: string[] } | null) => ({
    publicUrl: PUBLIC,
    smtpUrl: null,
    mailFrom: null,
    sms: null,
    push,
  });

  test('TC-13: the key is made once, whatever starts, and is not offered while push is not set up', async () => {
    await portsOf(home.system.orm.em, settings(null));
    expect(await keys()).toEqual([]);
    await Promise.all([1, 2, 3].map(() => portsOf(home.system.orm.em, settings({ contact, services: [] }))));
    const [made] = await keys();
    await portsOf(home.system.orm.em, settings(null));
    expect(await keys()).toEqual([{ ...made, active: false }]);
    await portsOf(home.system.orm.em, settings({ contact, services: [] }));
    expect(await keys()).toEqual([{ ...made, active: true }]);
  });

  async function ready(answer = 201) {
    const service = await receiver();
    service.state.answer = (to) => void to.writeHead(answer).end();
    const { ports } = await portsOf(home.system.orm.em, settings({ contact, services: [service.host] }));
    const at = browser();
    const [row] = await home.sql<{ id: string }>(
      `insert into push_subscriptions (id, person_id, endpoint, p256dh, auth, browser)
       values (gen_random_uuid(), $1, $2, $3, $4, 'Firefox on Linux') returning id`,
      [person.id, `${service.url}/${randomBytes(4).toString('hex')}`, at.p256dh, at.auth],
    );
    await atWork(ports);
    return { service, at, subscription: row?.id ?? '' };
  }

  test('TC-13: a push arrives encrypted for the browser and signed by this server, and says only that something happened', async () => {
    const { service, at, subscription } = await ready();
    const id = await outbox({ channel: 'push', subscription });
    await becomes(id, 'sent');
    const [{ headers, body }] = service.posted as [(typeof service.posted)[number]];
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '86400', urgency: 'normal' });
    expect(headers.authorization).toMatch(/^vapid t=ey/);
    expect(body.toString('latin1')).not.toContain('timecard');
    expect(at.read(body)).toEqual({ title: 'Your timecard was approved: 3 Nov 2026', path: '/timecards/1' });
  });

  test('TC-13: a browser that takes no more is taken off, and that is recorded', async () => {
    const { subscription } = await ready(410);
    const id = await outbox({ channel: 'push', subscription });
    await becomes(id, 'failed');
    expect(await home.sql('select from push_subscriptions where id = $1', [subscription])).toEqual([]);
    await eventually(async () =>
      Boolean(
        (await home.sql("select from audit_event where action = 'push_ended' and target_id = $1 and actor_id = 'messages'", [subscription]))
          .length,
      ),
    );
  });

  test('TC-13: nothing is sent to a host that is no push service, whatever a browser claims', async () => {
    const service = await receiver();
    const { p256dh, auth } = browser();
    const [made] = await keys();
    const send = pushPort({
      contact,
      publicKey: made?.public_key ?? '',
      privateKey: made?.private_key ?? '',
      services: ['*.push.example.com'],
    });
    const parcel = { id: 'a', address: null, subject: 'Hi', body: '', path: null, urgent: false };
    const hosts = [service.host, 'push.example.com.evil.example', 'evilpush.example.com', '[::1]:80', '169.254.169.254'];
    for (const host of hosts)
      await expect(send({ ...parcel, browser: { endpoint: `https://${host}/x`, p256dh, auth } })).rejects.toThrow(Undeliverable);
    expect(service.posted).toEqual([]);
  });
});
