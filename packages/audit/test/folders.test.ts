import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '..', 'src');
const ARCHITECTURE = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'architecture.md'), 'utf8');

/** The folders in the order in which the documents list them. */
const listed = [...ARCHITECTURE.matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, folder = '']) => folder);

const folderOf = (file: string) => {
  const parts = relative(SOURCES, file).split(sep);
  return parts.length > 1 ? (parts[0] as string) : '';
};

describe('the folders of the package', () => {
  const files = globSync('**/*.ts', { cwd: SOURCES }).map((file) => join(SOURCES, file));

  it('are those that the documents list', () => {
    expect(new Set(files.map(folderOf))).toEqual(new Set([...listed, '']));
  });

  it('know only those that are listed above them', () => {
    const rank = (folder: string) => (folder === '' ? listed.length : listed.indexOf(folder));
    const wrong = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)]
        .map(([, imported = '']) => resolve(file, '..', imported))
        .filter((imported) => rank(folderOf(imported)) > rank(folderOf(file)))
        .map((imported) => `${relative(SOURCES, file)} imports ${relative(SOURCES, imported)}`),
    );
    expect(wrong).toEqual([]);
  });
});
