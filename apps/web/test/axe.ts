import axe from 'axe-core';
import { expect } from 'vitest';
import { page } from 'vitest/browser';

const WIDTHS = [
  [1280, 800],
  [360, 780],
] as const;

/** Finds nothing to object to: in both themes, wide and narrow. */
export async function expectAccessible(): Promise<void> {
  const still = document.createElement('style');
  // What is just fading in has the contrast of neither before nor after.
  still.textContent = '*, *::before, *::after { animation: none !important; transition: none !important }';
  document.head.append(still);
  try {
    for (const [width, height] of WIDTHS) {
      await page.viewport(width, height);
      for (const theme of ['light', 'dark']) {
        document.documentElement.dataset['theme'] = theme;
        await settled();
        expect(await complaints(), `${theme}, ${width} px`).toEqual([]);
      }
    }
  } finally {
    still.remove();
  }
}

/** Two frames: one for what the new width asks of the page, one to draw it. */
const settled = () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

async function complaints(): Promise<string[]> {
  const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary?.replaceAll('\n', ' ')}`),
  );
}
