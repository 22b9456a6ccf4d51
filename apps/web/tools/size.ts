import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotli } from './precompressed.ts';

/** What each page loads before it can be used, compressed: everything that its entry imports, and what it asks for at once. */
const PAGES: Readonly<Record<string, { readonly modules: readonly string[]; readonly budget: number }>> = {
  '/sign-in': { modules: ['src/routes/sign-in.tsx'], budget: 140 },
  '/live': { modules: ['src/routes/_app.tsx', 'src/routes/_app.live.tsx'], budget: 170 },
  '/live/e/1': { modules: ['src/routes/_app.tsx', 'src/routes/_app.live.tsx', 'src/routes/_app.live.e.$position.tsx'], budget: 170 },
  '/notifications': { modules: ['src/routes/_app.tsx', 'src/routes/_app.notifications.index.tsx'], budget: 150 },
  '/timecards': { modules: ['src/routes/_app.tsx', 'src/routes/_app.timecards.index.tsx'], budget: 150 },
  '/timecards/new': { modules: ['src/routes/_app.tsx', 'src/routes/_app.timecards.new.tsx'], budget: 175 },
  '/timecards/1': { modules: ['src/routes/_app.tsx', 'src/routes/_app.timecards.$id.tsx'], budget: 160 },
  '/admin/users': { modules: ['src/routes/_app.tsx', 'src/routes/_app.admin.users.index.tsx'], budget: 150 },
  '/admin/users/1': { modules: ['src/routes/_app.tsx', 'src/routes/_app.admin.users.$id.tsx'], budget: 160 },
  '/invitation': { modules: ['src/routes/invitation.tsx'], budget: 140 },
  '/settings/reasons': { modules: ['src/routes/_app.tsx', 'src/routes/_app.settings.reasons.tsx'], budget: 150 },
};

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const path = join(dist, '.vite/manifest.json');
if (!existsSync(path)) throw new Error('Build first: pnpm --filter @countersign/web build');
const manifest = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Chunk>>;
const sizes = new Map<string, number>();

let over = false;
const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry);
for (const [page, { modules, budget }] of Object.entries(PAGES)) {
  const chunks = closure([...(entry ? [entry] : []), ...modules.map(chunkOf)]);
  const scripts = chunks.map(({ file }) => file);
  const styles = [...new Set(chunks.flatMap(({ css = [] }) => css))];
  const [script, style] = [sum(scripts), sum(styles)];
  over ||= script > budget * 1024;
  say(
    `${page.padEnd(17)} ${kilobytes(script)} of ${budget} KB JavaScript in ${String(scripts.length).padStart(2)} files, ${kilobytes(style)} KB CSS${script > budget * 1024 ? '  over budget' : ''}`,
  );
}
process.exitCode = over ? 1 : 0;

/** A route's component is split off from its file: the module that the router asks for carries a query. */
function chunkOf(module: string): string {
  const name = Object.keys(manifest).find((key) => key.startsWith(`${module}?`));
  if (!name) throw new Error(`${module} is not in the build`);
  return name;
}

function closure(names: readonly string[]): Chunk[] {
  const found = new Map<string, Chunk>();
  const visit = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || found.has(name)) return;
    found.set(name, chunk);
    chunk.imports?.forEach(visit);
  };
  names.forEach(visit);
  return [...found.values()];
}

function sum(files: readonly string[]): number {
  return files.reduce((total, file) => total + sizeOf(file), 0);
}

function sizeOf(file: string): number {
  const known = sizes.get(file) ?? brotli(readFileSync(join(dist, file))).length;
  sizes.set(file, known);
  return known;
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(1).padStart(6);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
