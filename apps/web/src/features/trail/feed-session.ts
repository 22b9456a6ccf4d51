import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { signedOut } from '../../api/queries.ts';
import { standing } from '../../api/standing.ts';
import type { EventFilter, EventView, Stretch } from '../../api/views.ts';
import { createStore } from '../../ui/store.ts';
import { Arrivals } from './arrivals.ts';
import { DrawingPace } from './drawing-pace.ts';
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
import { BEGINNING, type FeedState, type Renewal } from './feed-state.ts';

const PAGE = 100;
/** Milliseconds between two changes of the list. What comes alone shows in the next frame; of a burst nobody reads each. */
const PACE = 32;
/** The same while the list holds still, where what comes is only counted: the time is for whoever scrolls. */
const STILL_PACE = 250;
/** Stretches of more events than these aren't left to wait for the next frame: a hidden page gets none for minutes. */
const QUEUED = 500;
/** After an interruption: this long without anything new, and the page is up to date. */
const QUIET = 400;
/** Before a subscription that the server ended for reasons of its own is tried again. */
const AGAIN = 4000;

/** Milliseconds that rows may stay once it is known that what may be seen is another, until what takes their place is there. */
const FORGET = 700;

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
  readonly #pace = new DrawingPace(() => this.#flush());
  readonly #arrivals = new Arrivals();
  #timers = new Set<number>();
  #subscription: { unsubscribe: () => void } | null = null;
  #reading: AbortController | null = null;
  #interrupted = false;
  readonly #past: boolean;
  #older: Promise<void> | null = null;
  /** Listens no more for changes of what may be seen; null while nobody shows this. */
  #leave: (() => void) | null = null;

  constructor(filter: EventFilter, before?: number) {
    this.#filter = filter;
    this.#before = before;
    // What has an end in time has no tail, and what began in the past can only go on later than that.
    this.#past = before !== undefined || filter.to !== undefined;
  }

  /** Begins, or goes on where it stopped. */
  start(): void {
    this.#leave ??= standing.onChange((why) => why === 'rights changed' && this.#renew('rights'));
    if (this.store.get().feed) this.#follow();
    else void this.#read();
  }

  /** Stops listening; what is known stays, so that a page that comes back goes on from there. */
  stop(): void {
    this.#leave?.();
    this.#leave = null;
    this.#forgetUnseeable();
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
    const reading = this.#reading;
    this.#set({ loadingOlder: true, olderProblem: null });
    try {
      const page = await client.audit.page.query({ ...this.#filter, before: asked, limit: PAGE });
      // Read anew meanwhile: this may hold what may no longer be seen.
      if (reading === this.#reading) this.#change((now) => older(now, page, asked));
      this.#set({ loadingOlder: false });
    } catch (thrown) {
      this.#set({ loadingOlder: false, olderProblem: problemOf(thrown) });
    }
  }

  /** In a look back: what comes right after it, above. */
  async loadNewer(): Promise<void> {
    const { feed, loadingNewer } = this.store.get();
    if (!feed || !hasNewer(feed) || loadingNewer) return;
    const reading = this.#reading;
    this.#set({ loadingNewer: true, newerProblem: null });
    try {
      // Look backs are rare: this comes with the first one.
      const { readAfter } = await import('./read-after.ts');
      const { stretch, head } = await readAfter(feed, (asked) => client.audit.page.query({ ...this.#filter, ...asked }));
      if (reading === this.#reading) this.#change((now) => newer(now, stretch, head));
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
      const first = firstScreen(page, { past: this.#past, before: this.#before });
      const next = feed && renewing !== 'overflow' ? renewed(feed, first) : first;
      this.#set({ feed: feed && renewing === 'overflow' ? { ...next, stoppedAt: feed.stoppedAt } : next, problem: null, renewing: null });
      this.#follow();
    } catch (thrown) {
      if (reading.signal.aborted) return;
      this.#forgetUnseeable();
      this.#set({ problem: problemOf(thrown), renewing: null });
    }
  }

  #renew(renewing: Renewal): void {
    // Whoever shows this no more reads on from its position when they come back.
    if (!this.#leave) return;
    // Of two reasons the one counts that takes something away.
    this.#set({ renewing: this.store.get().renewing === 'rights' ? 'rights' : renewing });
    if (renewing === 'rights') this.#later(FORGET, () => this.#forgetUnseeable());
    void this.#read();
  }

  /** What was read by other rights isn't shown any longer, whether or not anything takes its place. */
  #forgetUnseeable(): void {
    if (this.store.get().renewing === 'rights') this.#set({ feed: null, following: 'starting' });
  }

  #follow(): void {
    const { feed } = this.store.get();
    // What comes was answered by nobody yet.
    const { from: _from, to: _to, unanswered: _unanswered, ...filter } = this.#filter;
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
    this.#pace.ask(this.store.get().feed?.still ? STILL_PACE : PACE);
  }

  /** One change of the list, however many stretches came. */
  #flush(): void {
    this.#pace.cancel();
    if (!this.#queue.length) return;
    this.#pace.begin();
    let { feed } = this.store.get();
    const taken: EventView[] = [];
    for (const stretch of this.#queue.splice(0)) {
      const arrival: ReturnType<typeof arrive> = feed ? arrive(feed, stretch) : { verdict: 'gap' };
      if (arrival.verdict === 'gap') return this.#renew('gap');
      feed = arrival.feed;
      taken.push(...stretch.events);
    }
    this.#arrivals.came(taken);
    this.#set({ feed });
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
