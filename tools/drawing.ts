import { basename } from 'node:path';
import type { SourceFile } from './guards.ts';

/** An arrow between two packages: who imports, what, and whether only types. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

const IMPORT = /^(import|export)( type)? [^;]*?from '@countersign\/([a-z]+)[/']|import\('@countersign\/([a-z]+)[/']/gms;

/** The arrows that the sources draw: what a package's own code imports of another one, tests and tools left aside. */
export function importedArrows(files: readonly SourceFile[]): Arrow[] {
  const values = new Map<string, boolean>();
  for (const { path, text } of files) {
    const folder = /^((?:packages|apps)\/[a-z]+)\/src\//.exec(path)?.[1];
    if (!folder) continue;
    const from = basename(folder);
    for (const [, , type, named, dynamic] of text.matchAll(IMPORT)) {
      const key = `${from} ${named ?? dynamic}`;
      values.set(key, (values.get(key) ?? false) || type === undefined);
    }
  }
  return [...values].map(([key, value]) => {
    const [from = '', to = ''] = key.split(' ');
    return { from, to, typesOnly: !value };
  });
}

/** The arrows of a Mermaid graph: `a --> b`, and `a -.-> b` for types only. */
export function drawnArrows(markdown: string): Arrow[] {
  const graph = /```mermaid\n(graph [\s\S]*?)```/.exec(markdown)?.[1] ?? '';
  return [...graph.matchAll(/^\s*([a-z]+) (-->|-\.->) ([a-z]+)$/gm)].map(([, from = '', line, to = '']) => ({
    from,
    to,
    typesOnly: line === '-.->',
  }));
}

/** As it would be drawn, in one order. */
export const asText = (arrows: readonly Arrow[]): string[] =>
  arrows.map(({ from, to, typesOnly }) => `${from} ${typesOnly ? '-.->' : '-->'} ${to}`).toSorted();
