/** Frames in a row, each with all that it set off, in which nothing may change any more. */
const FRAMES = 6;
/** Milliseconds: what never stops is a fault of the page. */
const PATIENCE = 15_000;

/**
 * What is measured once it stays as it is: rows are as high as guessed until they have been seen, and what comes in is drawn
 * when there is time for it.
 */
export async function steady<Measured>(measure: () => Measured): Promise<Measured> {
  const until = performance.now() + PATIENCE;
  let last = measure();
  for (let same = 0; same < FRAMES;) {
    await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve));
    const now = measure();
    same = Object.is(now, last) && !Number.isNaN(now) ? same + 1 : 0;
    last = now;
    if (performance.now() > until) throw new Error(`nothing to rely on: it is ${String(now)} just now`);
  }
  return last;
}
