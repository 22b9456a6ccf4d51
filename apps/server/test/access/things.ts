import { randomBytes } from 'node:crypto';
import { bearer } from './doors.ts';
import type { Stage } from './stage.ts';

/** What else can be acted on, made one at a time. Each belongs to whom it is made for, where it belongs to anybody. */
export type Thing =
  | 'upload'
  | 'import'
  | 'push'
  | 'token'
  | 'session'
  | 'notice'
  | 'message'
  | 'reason'
  | 'user'
  | 'responsibility'
  | 'unusual'
  | 'provider link';

export type MakeThing = (thing: Thing, owner: string) => Promise<string>;

/** Makes them by SQL: copies of what the application made once. */
export async function things({ home, personas, sites, shown, place }: Stage): Promise<MakeThing> {
  const { url } = home;
  // One after the other: many ask at a time, and there is one connection.
  let turn: Promise<unknown> = Promise.resolve();
  const sql = <Row extends object>(statement: string, values: unknown[]): Promise<Row[]> => {
    const asked = turn.then(() => home.sql<Row>(statement, values));
    turn = asked.catch(() => undefined);
    return asked;
  };
  const admin = personas.find(({ role }) => role === 'admin') as (typeof personas)[number];
  const { whose } = shown(admin, 'of others');
  const stranger = place(admin, 'of others').owner;
  const post = async (path: string, body: string, type: string) => {
    const headers = { ...bearer(admin.token), 'content-type': type };
    const answer = await fetch(`${url}/api/imports${path}`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`an import answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  /** A file that was read, and would make a card for somebody whom not everybody sees. */
  const file = async (day: string) => {
    const csv = `Email,Date,Clock In,Clock Out\n${whose}@example.com,${day},08:00,16:00\n`;
    const { id } = await post('', csv, 'text/csv');
    await post(`/${id}/read`, JSON.stringify({ site: sites.other, new_cards: 'day' }), 'application/json');
    return id;
  };
  const read = await file('2031-01-08');
  const imported = await post(`/${await file('2032-01-08')}/confirm`, '{"reason":"to have one"}', 'application/json');

  async function upload(owner: string): Promise<string> {
    const id = crypto.randomUUID();
    const copy = (table: string, key: string, change: object) =>
      sql(`insert into ${table} select (jsonb_populate_record(t, $2)).* from ${table} t where ${key} = $1`, [read, JSON.stringify(change)]);
    await copy('timecard_uploads', 'id', { id, owner_id: owner });
    for (const part of ['chunks', 'rows', 'shifts', 'problems']) await copy(`timecard_upload_${part}`, 'upload_id', { upload_id: id });
    return id;
  }

  const inserted = async (statement: string, values: unknown[]) =>
    (await sql<{ id: string }>(`insert into ${statement} returning id`, values))[0]?.id ?? '';
  const supervisor = () =>
    inserted(`profiles (id, first_name, last_name, email, role) values (gen_random_uuid(), 'Some', 'Supervisor', $1, 'supervisor')`, [
      `${randomBytes(9).toString('hex')}@example.com`,
    ]);
  return (thing, owner) => {
    switch (thing) {
      case 'upload':
        return upload(owner);
      case 'import':
        return Promise.resolve(imported.id);
      case 'push':
        return inserted(
          `push_subscriptions (id, person_id, endpoint, p256dh, auth, browser) values (gen_random_uuid(), $1, $2, $3, $4, 'Firefox on Linux')`,
          [owner, `https://push.example.com/${randomBytes(9).toString('hex')}`, 'B'.repeat(87), 'a'.repeat(22)],
        );
      case 'session':
        return inserted(
          `sessions (id, line, user_id, created_at, expires_at, last_seen_at) values ($2, $2, $1, now(), now() + interval '1 day', now())`,
          [owner, randomBytes(32).toString('hex')],
        );
      case 'token':
        return inserted(
          `api_tokens (id, user_id, name, hash, ending, scopes, expires_at) values (gen_random_uuid(), $1, 'a program', $2, 'none', '{signedIn}', now() + interval '1 day')`,
          [owner, randomBytes(32).toString('hex')],
        );
      case 'notice':
        return inserted(
          `notifications (id, person_id, kind, actor_kind, title, details) values (gen_random_uuid(), $1, 'timecard_changed', 'system', $2, '[]')`,
          [owner, owner === stranger ? whose : 'Yours'],
        );
      case 'message':
        return inserted(
          `messages (id, person_id, channel, address, subject, body, status, settled_at, not_before)
            values (gen_random_uuid(), $1, 'mail', 'somebody@example.com', $2, 'Read it', 'failed', now(), now())`,
          [stranger, whose],
        );
      case 'unusual':
        return inserted(
          `unusual_accesses (id, reader, kind, level, count, allowed, about, rows, more_rows, time_zone, noticed_at, last_at)
            values (gen_random_uuid(), $1, 'many_records', 1, 9, 5, '{"found":[],"usual":[]}', '[]', 0, 'UTC', now(), now())`,
          [owner],
        );
      case 'reason':
        return inserted(`reasons (id, label, offered_for, rank) values (gen_random_uuid(), $1, '{admin_edit}', 9)`, [
          `Reason ${randomBytes(9).toString('hex')}`,
        ]);
      case 'provider link':
        return inserted(`provider_links (id, user_id, issuer, subject) values (gen_random_uuid(), $1, $2, 'somebody')`, [
          owner,
          `https://${randomBytes(9).toString('hex')}.example.com`,
        ]);
      case 'user':
        return supervisor();
      case 'responsibility':
        return supervisor().then((holder) =>
          inserted(`responsibilities (id, holder_id, kind, person_id) values (gen_random_uuid(), $1, 'supervises', $2)`, [
            holder,
            stranger,
          ]),
        );
      default:
        return thing satisfies never;
    }
  };
}
