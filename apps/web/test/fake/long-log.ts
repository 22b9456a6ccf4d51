import type { EventFilter, EventPage, EventView } from '../../src/api/views.ts';
import { makeCard, makeEvent } from './cards.ts';
import { PEOPLE } from './people.ts';
import { matches } from './matches.ts';
import { World } from './world.ts';

const CARDS = Array.from({ length: 40 }, (_, index) => makeCard({ person: PEOPLE[index % PEOPLE.length] ?? { id: '', name: '' } }));

type Asked = EventFilter & { readonly before?: number; readonly limit?: number };

/** A log of any length: an event is made when it is asked for, so that a million of them weigh nothing. */
export class LongLog extends World {
  readonly length: number;
  /** How many events each page held that was sent. */
  readonly sent: number[] = [];

  constructor(length: number) {
    super();
    this.length = length;
    this.answers.set('audit.page', (asked: Asked) => this.#page(asked));
    this.answers.set('audit.event', ({ position }: { position: number }) => eventAt(position));
  }

  override get head(): number {
    return Math.max(this.length, super.head);
  }

  #page({ before = Infinity, limit = 50, ...filter }: Asked): EventPage {
    const events: EventView[] = [];
    let position = Math.min(before - 1, this.head);
    for (; position > 0 && events.length < limit; position -= 1) {
      const event = this.events.find((one) => one.position === position) ?? eventAt(position);
      if (matches(event, filter)) events.push(event);
    }
    this.sent.push(events.length);
    const next = position > 0 ? (events.at(-1)?.position ?? null) : null;
    return { events, position: this.head, next, total: { count: this.head, more: false }, waiting: 0 };
  }
}

/** One event a minute before noon of 6 November, of changing people and cards. */
function eventAt(position: number): EventView {
  const minute = (position * 37) % 60;
  return makeEvent(position, {
    card: CARDS[position % CARDS.length] ?? makeCard(),
    by: PEOPLE[position % PEOPLE.length] ?? null,
    occurredAt: new Date(Date.UTC(2026, 10, 6, 12) - (1_200_000 - position) * 60_000).toISOString(),
    reason: position % 5 === 0 ? 'Forgot to clock out' : null,
    changes: [{ field: 'check_out_time', old: '2026-11-05T15:30:00Z', new: `2026-11-05T16:${String(minute).padStart(2, '0')}:00Z` }],
  });
}
