/** Times as long as the last change took to draw, at least, from it to the next one: as much time is left for the reader. */
const LEFT_FREE = 2;
/** However slow the machine: this often the list moves. */
const SLOWEST = 100;
/** A hidden page gets no frames at all. */
const NO_FRAME = 250;

/** When the next change of a list is drawn: in step with frames, and never so often that nothing else gets done. */
export class DrawingPace {
  readonly #draw: () => void;
  #frame = 0;
  /** The timer of the next change; 0 where nothing waits for one. */
  #due = 0;
  #drawn = 0;
  /** Milliseconds that the last change took, with all that was drawn anew. */
  #cost = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Draws as soon as it is time, once however often it is asked. @param pace milliseconds between two changes at least. */
  ask(pace: number): void {
    if (this.#due) return;
    const wait = this.#drawn + Math.max(pace, Math.min(this.#cost * LEFT_FREE, SLOWEST)) - performance.now();
    if (wait <= 0) this.#frame = requestAnimationFrame(this.#draw);
    this.#due = window.setTimeout(this.#draw, wait > 0 ? wait : NO_FRAME);
  }

  /** What was asked for is done, or no longer wanted. */
  cancel(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#due);
    this.#due = 0;
  }

  /** To be called right before a change: what follows it draws it, before anything else and before the next frame. */
  begin(): void {
    const began = performance.now();
    this.#drawn = began;
    // Queued twice: the first turn is what React itself queues.
    queueMicrotask(() => queueMicrotask(() => (this.#cost = performance.now() - began)));
  }
}
