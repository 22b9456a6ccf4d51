/** Seconds over which a rate is measured: long enough to be steady, short enough to follow a hand on a slider. */
const SPAN = 5;

/** How often something happens, as it was over the last seconds. */
export class Meter {
  readonly #seconds: { readonly second: number; count: number }[] = [];
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  count(): void {
    const second = Math.floor(this.#now() / 1_000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) last.count++;
    else this.#seconds.push({ second, count: 1 });
    if (this.#seconds.length > SPAN + 1) this.#seconds.shift();
  }

  /** A second. The one that is under way isn't counted. */
  get rate(): number {
    const present = Math.floor(this.#now() / 1_000);
    const counted = this.#seconds.filter(({ second }) => second < present && second >= present - SPAN);
    const sum = counted.reduce((total, { count }) => total + count, 0);
    const first = this.#seconds[0];
    return first ? sum / Math.min(SPAN, Math.max(1, present - first.second)) : 0;
  }
}
