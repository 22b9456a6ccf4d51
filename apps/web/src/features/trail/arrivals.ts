import type { EventView } from '../../api/views.ts';

/** When events came in by the tail, in milliseconds. */
const arrivals = new WeakMap<EventView, number>();
const JUST = 700;
/** Events that come in within a moment and still catch somebody's eye. */
const FEW = 3;
/** Milliseconds of that moment. */
const MOMENT = 300;

/** Whether an event came in a moment ago, rather than having been there. */
export const isJustIn = (event: EventView): boolean => Date.now() - (arrivals.get(event) ?? 0) < JUST;

/**
 * Which of the events that come in light up. One or two do. Of a burst everything would, all the time: that says nothing, and
 * costs a repaint each frame.
 */
export class Arrivals {
  /** When the events of the last moment came, lit up or not. */
  #latest: number[] = [];

  came(events: readonly EventView[], at: number = Date.now()): void {
    this.#latest = [...this.#latest.filter((moment) => at - moment <= MOMENT), ...events.slice(0, FEW + 1).map(() => at)];
    if (this.#latest.length <= FEW) for (const event of events) arrivals.set(event, at);
  }
}
