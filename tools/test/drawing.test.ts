import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asText, drawnArrows, importedArrows } from '../drawing.ts';
import { sourceFiles } from '../source-files.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the drawing of the architecture', () => {
  it('shows the imports that there are, and no other ones', () => {
    const drawn = drawnArrows(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));
    expect(asText(drawn)).toEqual(asText(importedArrows(sourceFiles(root))));
  });

  it('knows a type from a value, and looks at what a package itself does, not at its tests', () => {
    const file = (path: string, ...lines: string[]) => ({ path, text: lines.join('\n') });
    const arrows = importedArrows([
      file('packages/a/src/one.ts', "import type { X } from '@countersign/b/x';", 'import type {', '  Y,', "} from '@countersign/c';"),
      file('packages/a/src/two.ts', "import { y } from '@countersign/c/y';", "export { z } from './three.ts';"),
      file('apps/d/src/four.ts', "const late = await import('@countersign/e/late');"),
      file('packages/a/test/one.test.ts', "import { z } from '@countersign/f';"),
    ]);
    expect(asText(arrows)).toEqual(['a --> c', 'a -.-> b', 'd --> e']);
  });
});
