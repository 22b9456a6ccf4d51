import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './guards.ts';

/** What is made, fetched or kept by running the project. */
const NOT_SOURCE = new Set(['.data', '.git', '.tmp', '.turbo', '.vitest', 'dist', 'node_modules']);
const MADE = /\.gen\.ts$/;
const NOT_TEXT = /\.(png|jpe?g|gif|ico|woff2?|ttf|pdf|zip|gz|br)$/;

/** The project's text files, in a checkout or in an unpacked archive of one. */
export function sourceFiles(root: string): SourceFile[] {
  return walk(root, '').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_SOURCE.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(root, path);
    return entry.isFile() && !MADE.test(entry.name) && !NOT_TEXT.test(entry.name) ? [path] : [];
  });
}
