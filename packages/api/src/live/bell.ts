/** Wakes one waiter; a ring that nobody waited for is heard by the next who does. */
export class Bell {
  #rung = false;
  #hear: (() => void) | null = null;

  /** Always the same function, to be given away as a listener. */
  readonly ring = (): void => {
    this.#rung = true;
    this.#hear?.();
  };

  async heard(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#hear = resolve));
    this.#hear = null;
    this.#rung = false;
  }
}
