import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import { signedOut } from '../../api/queries.ts';
import type { EventFilter, EventView, Stretch } from '../../api/views.ts';
import { createStore } from '../../ui/store.ts';
import {
  arrive,
  type Feed,
  firstScreen,
  isFull,
  hasNewer,
  isOverflowing,
  newer,
  older,
  pause,
  renewed,
  resume,
  type Stillness,
} from './feed.ts';

/** Why a feed is being read anew: the server no longer replays from where it stopped, or something is missing in between. */
export type Renewal = 'away' | 'gap' | 'overflow';

export interface FeedState {
  readonly feed: Feed | null;
  /** What kept the first screen, or a renewal, from being read. What is shown already stays. */
  readonly problem: Problem | null;
  readonly renewing: Renewal | null;
  /** `starting` until the server has taken the subscription; `catching-up` after an interruption until nothing more comes at once. */
  readonly following: 'starting' | 'live' | 'catching-up';
  readonly caughtUp: number;
  readonly loadingOlder: boolean;
  readonly olderProblem: Problem | null;
  readonly loadingNewer: boolean;
  readonly newerProblem: Problem | null;
}

const BEGINNING: FeedState = {
  feed: null,
  problem: null,
  renewing: null,
  following: 'starting',
  caughtUp: 0,
  loadingOlder: false,
  olderProblem: null,
  loadingNewer: false,
  newerProblem: null,
};

const PAGE = 100;
/** Milliseconds between two changes of the list. What comes alone shows in the next frame; of a burst nobody reads each. */
const PACE = 32;
/** The same while the list holds still, where what comes is only counted: the time is for whoever scrolls. */
const STILL_PACE = 250;
/** Times as long as the last change took to draw, at least, from it to the next one: as much time is left for the reader. */
const LEFT_FREE = 2;
/** However slow the machine: this often the list moves. */
const SLOWEST = 100;
/** A hidden page gets no frames at all. */
const NO_FRAME = 250;
/** Stretches of more events than these aren't left to wait for the next frame: a hidden page gets none for minutes. */
const QUEUED = 500;
/** After an interruption: this long without anything new, and the page is up to date. */
const QUIET = 400;
/** Before a subscription that the server ended for reasons of its own is tried again. */
const AGAIN = 4000;

/** When events came in by the tail, in milliseconds. */
const arrivals = new WeakMap<EventView, number>();
const JUST = 700;
/** Events that come in at once and still catch somebody's eye. */
const FEW = 3;
/** Milliseconds after the ones before: what follows faster than that is a burst, however few come at a time. */
const APART = 300;

/** Whether an event came in a moment ago, rather than having been there. */
export const isJustIn = (event: EventView): boolean => Date.now() - (arrivals.get(event) ?? 0) < JUST;

/**
 * Follows the log for one filter: a first screen, and from its position the tail. Keeps one rule: what is shown has no
 * hole and no double, whatever the line does.
 */
export class FeedSession {
  readonly store = createStore<FeedState>(BEGINNING);
  readonly #filter: EventFilter;
  /** Only events below this position, and no tail: a look back. */
  readonly #before: number | undefined;
  #queue: Stretch[] = [];
  #frame = 0;
  /** The timer of the next change of the list; 0 where nothing waits for one. */
  #due = 0;
  #flushed = 0;
  /** Milliseconds that the last change of the list took, with all that was drawn anew. */
  #cost = 0;
  #timers = new Set<number>();
  #subscription: { unsubscribe: () => void } | null = null;
  #reading: AbortController | null = null;
  #interrupted = false;
  readonly #past: boolean;
  #older: Promise<void> | null = null;

  constructor(filter: EventFilter, before?: number) {
    this.#filter = filter;
    this.#before = before;
    // What has an end in time has no tail, and what began in the past can only go on later than that.
    this.#past = before !== undefined || filter.to !== undefined;
  }

  /** Begins, or goes on where it stopped. */
  start(): void {
    if (this.store.get().feed) this.#follow();
    else void this.#read();
  }

  /** Stops listening; what is known stays, so that a page that comes back goes on from there. */
  stop(): void {
    this.#reading?.abort();
    this.#subscription?.unsubscribe();
    this.#subscription = null;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#flush();
  }

  retry(): void {
    this.#set({ problem: null });
    void this.#read();
  }

  pause(still: Stillness): void {
    this.#change((feed) => pause(feed, still));
  }

  resume(): void {
    this.#flush();
    const { feed } = this.store.get();
    if (!feed?.still || feed.past) return;
    if (isOverflowing(feed)) this.#renew('overflow');
    else this.#change(resume);
  }

  loadOlder(): Promise<void> {
    this.#older ??= this.#readOlder().finally(() => (this.#older = null));
    return this.#older;
  }

  /** Reads everything older, as far as one page keeps it: for who wants all of it at once, on paper. */
  async loadAll(): Promise<void> {
    for (let asked: number | null = null; ;) {
      const { feed } = this.store.get();
      // The same cursor twice: it could not be read, or the list is full.
      if (!feed || feed.next === null || feed.next === asked) return;
      asked = feed.next;
      await this.loadOlder();
    }
  }

  async #readOlder(): Promise<void> {
    const { feed } = this.store.get();
    if (!feed || feed.next === null || isFull(feed)) return;
    const asked = feed.next;
    this.#set({ loadingOlder: true, olderProblem: null });
    try {
      const page = await client.audit.page.query({ ...this.#filter, before: asked, limit: PAGE });
      this.#change((now) => older(now, page, asked));
      this.#set({ loadingOlder: false });
    } catch (thrown) {
      this.#set({ loadingOlder: false, olderProblem: problemOf(thrown) });
    }
  }

  /** In a look back: what comes right after it, above. */
  async loadNewer(): Promise<void> {
    const { feed, loadingNewer } = this.store.get();
    if (!feed || !hasNewer(feed) || loadingNewer) return;
    this.#set({ loadingNewer: true, newerProblem: null });
    try {
      // Look backs are rare: this comes with the first one.
      const { readAfter } = await import('./read-after.ts');
      const { stretch, head } = await readAfter(feed, (asked) => client.audit.page.query({ ...this.#filter, ...asked }));
      this.#change((now) => newer(now, stretch, head));
      this.#set({ loadingNewer: false });
    } catch (thrown) {
      this.#set({ loadingNewer: false, newerProblem: problemOf(thrown) });
    }
  }

  async #read(): Promise<void> {
    this.#subscription?.unsubscribe();
    this.#subscription = null;
    this.#queue = [];
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    try {
      const page = await client.audit.page.query(
        { ...this.#filter, ...(this.#before && { before: this.#before }), limit: PAGE },
        { signal: reading.signal },
      );
      if (reading.signal.aborted) return;
      const { feed, renewing } = this.store.get();
      // Whoever went on deliberately wants to see the newest, moving; whoever was cut off keeps what they had chosen.
      const next = feed && renewing !== 'overflow' ? renewed(feed, page) : firstScreen(page, { past: this.#past, before: this.#before });
      this.#set({ feed: feed && renewing === 'overflow' ? { ...next, stoppedAt: feed.stoppedAt } : next, problem: null, renewing: null });
      this.#follow();
    } catch (thrown) {
      if (!reading.signal.aborted) this.#set({ problem: problemOf(thrown), renewing: null });
    }
  }

  #renew(renewing: Renewal): void {
    this.#set({ renewing });
    void this.#read();
  }

  #follow(): void {
    const { feed } = this.store.get();
    const { from: _from, to: _to, ...filter } = this.#filter;
    if (!feed || this.#past) return this.#set({ following: 'live' });
    this.#subscription?.unsubscribe();
    this.#interrupted = false;
    this.#set({ following: 'starting' });
    this.#subscription = client.audit.live.subscribe(
      { ...filter, lastEventId: String(feed.position) },
      {
        onStarted: () => this.#started(),
        onConnectionStateChange: ({ state }) => {
          if (state === 'connecting') this.#interrupted ||= this.store.get().following !== 'starting';
        },
        onData: ({ data }) => this.#take(data),
        onError: (error) => this.#ended(error),
      },
    );
  }

  #started(): void {
    if (!this.#interrupted) return this.#set({ following: 'live' });
    this.#interrupted = false;
    this.#set({ following: 'catching-up', caughtUp: 0 });
    this.#untilQuiet();
  }

  #untilQuiet(): void {
    const { caughtUp } = this.store.get();
    this.#later(QUIET, () => {
      if (this.store.get().caughtUp === caughtUp) this.#set({ following: 'live' });
      else this.#untilQuiet();
    });
  }

  #ended(error: unknown): void {
    const problem = problemOf(error);
    if (problem.code === 'PRECONDITION_FAILED') return this.#renew('away');
    this.#set({ problem, following: 'starting' });
    signedOut(error);
    // Signed out, or not allowed: asking again changes nothing.
    if (problem.code === 'UNAUTHORIZED' || problem.code === 'FORBIDDEN') return;
    this.#later(AGAIN * (0.5 + Math.random()), () => {
      this.#set({ problem: null });
      this.#follow();
    });
  }

  #take(stretch: Stretch): void {
    this.#queue.push(stretch);
    if (this.store.get().following === 'catching-up') this.#set({ caughtUp: this.store.get().caughtUp + stretch.events.length });
    if (this.#queue.length > 1 && this.#queue.reduce((sum, { events }) => sum + events.length, 0) > QUEUED) return this.#flush();
    if (this.#due) return;
    const pace = this.store.get().feed?.still ? STILL_PACE : PACE;
    const wait = this.#flushed + Math.max(pace, Math.min(this.#cost * LEFT_FREE, SLOWEST)) - performance.now();
    if (wait <= 0) this.#frame = requestAnimationFrame(() => this.#flush());
    this.#due = this.#later(wait > 0 ? wait : NO_FRAME, () => this.#flush());
  }

  /** One change of the list, however many stretches came. */
  #flush(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#due);
    this.#timers.delete(this.#due);
    this.#due = 0;
    if (!this.#queue.length) return;
    const apart = performance.now() - this.#flushed > APART;
    this.#timed();
    let { feed } = this.store.get();
    const taken: EventView[] = [];
    for (const stretch of this.#queue.splice(0)) {
      const arrival: ReturnType<typeof arrive> = feed ? arrive(feed, stretch) : { verdict: 'gap' };
      if (arrival.verdict === 'gap') return this.#renew('gap');
      feed = arrival.feed;
      taken.push(...stretch.events);
    }
    // One or two light up. Of a burst everything would, all the time: that says nothing, and costs a repaint each frame.
    if (apart && taken.length <= FEW) for (const event of taken) arrivals.set(event, Date.now());
    this.#set({ feed });
  }

  /** What follows a change of the list draws it: before anything else, and before the next frame. */
  #timed(): void {
    const began = performance.now();
    this.#flushed = began;
    // Queued twice: the first turn is what React itself queues.
    queueMicrotask(() => queueMicrotask(() => (this.#cost = performance.now() - began)));
  }

  #later(milliseconds: number, act: () => void): number {
    const timer = window.setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
    return timer;
  }

  #change(change: (feed: Feed) => Feed): void {
    this.store.update((state) => (state.feed ? { ...state, feed: change(state.feed) } : state));
  }

  #set(part: Partial<FeedState>): void {
    const now = this.store.get();
    if (Object.entries(part).every(([key, value]) => Object.is(now[key as keyof FeedState], value))) return;
    this.store.set({ ...now, ...part });
  }
}
