import { setTimeout as sleep } from 'node:timers/promises';

/** A week card with seven days: an edit of all of them is one commit of eight events. */
const DAYS = 7;
const CARDS = 25;

/** Where to edit, as whom. */
export interface Desk {
  readonly url: string;
  readonly cookie: string;
}

export interface Card {
  readonly id: string;
  version: number;
}

async function call<Answer>(
  { url, cookie }: Desk,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<Answer> {
  const answer = await fetch(url + request.path, {
    method: request.method,
    headers: { 'content-type': 'application/json', origin: url, cookie },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  });
  if (!answer.ok) throw new Error(`${request.method} ${request.path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

const dayOf = (week: number, day: number) => new Date(Date.UTC(2030, 0, 7 + week * 7 + day)).toISOString().slice(0, 10);

const times = (week: number, minute: number) =>
  Array.from({ length: DAYS }, (_, day) => ({
    work_date: dayOf(week, day),
    daily_check_in: `${dayOf(week, day)}T08:00:00Z`,
    daily_check_out: `${dayOf(week, day)}T15:${String(minute).padStart(2, '0')}:00Z`,
  }));

/** Cards of a time that the demonstration knows nothing of. */
export async function makeCards(desk: Desk): Promise<Card[]> {
  const { data } = await call<{ data: { person: { id: string }; site: { id: string } }[] }>(desk, {
    method: 'GET',
    path: '/api/timecards?limit=1',
  });
  const [sample] = data;
  if (!sample) throw new Error('the demonstration has no timecards');
  const cards: Card[] = [];
  for (let week = 0; week < CARDS; week++) {
    const body = {
      person: sample.person.id,
      site: sample.site.id,
      period_start: dayOf(week, 0),
      period_end: dayOf(week, DAYS - 1),
      reason: 'a benchmark',
      entries: times(week, 0),
    };
    cards.push(await call<Card>(desk, { method: 'POST', path: '/api/timecards', body }));
  }
  return cards;
}

export interface Pace {
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

/** Edits at an even pace, through the real commands; answers with how many events that made. */
export async function edit(desk: Desk, cards: readonly Card[], { seconds, eventsPerSecond }: Pace): Promise<number> {
  const perEdit = DAYS + 1;
  const edits = Math.round((eventsPerSecond * seconds) / perEdit);
  const start = Date.now();
  const busy = new Map<Card, Promise<unknown>>();
  for (let n = 0; n < edits; n++) {
    await sleep(Math.max(0, start + (n * seconds * 1_000) / edits - Date.now()));
    const week = n % cards.length;
    const card = cards[week] as Card;
    await busy.get(card);
    const path = `/api/timecards/${card.id}`;
    busy.set(
      card,
      call<Card>(desk, {
        method: 'PATCH',
        path,
        body: { version: card.version, reason: 'a benchmark', entries: times(week, minute++ % 60) },
      }).then(({ version }) => (card.version = version)),
    );
  }
  await Promise.all(busy.values());
  return edits * perEdit;
}

/** Goes on from one call to the next: an edit to the same minute changes nothing. */
let minute = 1;
