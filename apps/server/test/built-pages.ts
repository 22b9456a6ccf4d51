import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the pages lie once they are built. A browser would wait for minutes for what isn't there. */
export const PAGES = fileURLToPath(new URL('../../web/dist', import.meta.url));

if (!existsSync(join(PAGES, 'index.html')))
  throw new Error('The pages are not built, and this test opens them: run node tools/build-pages.ts');
