import { Client } from 'pg';

const MONTHS = 12;
/** Events that one statement writes. */
const AT_ONCE = 20_000;
/** Connections that write. */
const WRITERS = 2;

interface Month {
  readonly first: number;
  readonly last: number;
  /** Its first day. */
  readonly day: string;
}

/**
 * Writes that many events into an empty log, as the sequencer's role and with its rights: the twelve months up to this one, each in
 * a partition that the log's own function has cut, with every index kept meanwhile, their counts, and the head behind them.
 * The rows are as large and as various as real ones, and satisfy every constraint; but what they seal are random bytes, and
 * nobody hashed them.
 */
export async function fillLog(sequencer: string, events: number): Promise<void> {
  const months = monthsOf(events);
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => connected(sequencer)));
  const [client] = clients as [Client];
  for (const { first, day } of months) await client.query('select audit_cut_month($1, $2)', [first, day]);
  const waiting = months.flatMap(slices);
  await Promise.all(
    clients.map(async (one) => {
      for (let slice = waiting.shift(); slice; slice = waiting.shift()) await one.query(INSERT, slice);
    }),
  );
  await client.query(COUNT);
  await client.query('update audit_head set position = $1', [events]);
  await Promise.all(clients.map((one) => one.end()));
}

async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, options: '-c synchronous_commit=off -c timezone=UTC -c jit=off' });
  await client.connect();
  return client;
}

function monthsOf(events: number): Month[] {
  const now = new Date();
  const edge = (n: number) => Math.floor((events * n) / MONTHS);
  return Array.from({ length: Math.min(MONTHS, events) }, (_, n) => ({
    first: edge(n) + 1,
    last: edge(n + 1),
    day: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + 1 + n, 1)).toISOString().slice(0, 10),
  }));
}

/** A month's parts, as the parameters of the statement that writes one. */
function slices({ first, last, day }: Month): unknown[][] {
  const events = last - first + 1;
  const begins = Array.from({ length: Math.ceil(events / AT_ONCE) }, (_, n) => first + n * AT_ONCE);
  return begins.map((from) => [from, Math.min(last, from + AT_ONCE - 1), day, first, events]);
}

/** Numbers spread over so many, so that neighbours have nothing in common. */
const spread = (over: number, number = 'n') => `((${number} * 7919) % ${over})`;
const person = (kind: number, which: string) => `'0198' || lpad(${which}::text, 4, '0') || '-7b1e-4000-8000-00000000000${kind}'`;
/** Bytes that no compression makes smaller; `as` keeps those of one row apart. */
const noise = (bytes: number, as: number) =>
  `substring(${Array.from({ length: Math.ceil(bytes / 32) }, (_, i) => `sha256(int8send(n * 16 + ${as * 4 + i}))`).join(' || ')} from 1 for ${bytes})`;

/** A change of two fields, one of them sealed, of one of 250,000 records; two in a change set, fifty change sets in a row by one person. */
const INSERT = `insert into audit_event (position, id, change_id, area, action, operation, actor_kind, actor_id, target_type, target_id, target_label,
    root_type, root_id, root_label, subject_id, scopes, work_date, changes, metadata, channel, request_id, occurred_at,
    sealed_values, sealed_origin, leaf_version, leaf_hash)
  select n, gen_random_uuid(), md5((n / 2)::text)::uuid, 'bench', 'card_edited', 'update', 'user', ${person(2, spread(2_000, 'n / 100'))}, 'SeenCard', ${spread(250_000)}::text, label,
    'SeenCard', ${spread(250_000)}::text, label, ${person(1, spread(5_000))}, array['site:' || ${spread(50)}], at::date,
    jsonb_build_array(jsonb_build_object('field', 'check_out', 'old', at - interval '1 hour', 'new', at), '{"field": "notes", "sealed": true}'::jsonb),
    '{}', 'web', 'r' || n / 2, at, ${noise(82, 0)}, ${noise(105, 1)}, 1, ${noise(32, 2)}
  from generate_series($1::bigint, $2::bigint) n,
    lateral (select $3::date + (least($3::date + interval '1 month', now()) - $3::date) * ((n - $4::bigint) / $5::float8) as at) t,
    lateral (select 'Card ' || at::date as label) l`;

const COUNT = `insert into audit_rollup (quarter, area, action, actor, target_type, events)
  select date_bin('15 minutes', occurred_at, '2000-01-01'), area, action, coalesce(actor_id, actor_kind), coalesce(target_type, ''), count(*)
  from audit_event group by 1, 2, 3, 4, 5`;
