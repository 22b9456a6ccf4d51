import { execFile } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const LAUNCHER = 'chromium.sh';

/** The packed browser needs libraries and fonts that a bare machine does not have; they come with it. */
const LAUNCHER_TEXT = `#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -d /etc/fonts ] || export FONTCONFIG_PATH="$here/fonts"
exec "$here/chromium" "$@"
`;

/**
 * The headless Chromium that `@sparticuz/chromium` carries, unpacked once per version and user into the temp folder (some
 * 200 MB, a few seconds); undefined where it does not run, which is everywhere but on Linux x64.
 */
export async function bundledChromium(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const manifest = packageOf(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const home = join(tmpdir(), `countersign-chromium-${version}-${process.getuid?.()}`);
  if (!isComplete(home)) await unpack(dirname(manifest), home);
  return join(home, LAUNCHER);
}

/** Made aside and moved in one step, since several test runs may need it at once. */
async function unpack(packed: string, home: string): Promise<void> {
  const draft = mkdtempSync(`${home}-`);
  const inflate = pathToFileURL(join(packed, 'build', 'lambdafs.js')).href;
  const archives = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'].map((name) => join(packed, 'bin', name));
  // The package unpacks to the temp folder, and takes whatever lies there already for its own: it gets an empty one.
  const program = `const { inflate } = await import(${JSON.stringify(inflate)}); await Promise.all(${JSON.stringify(archives)}.map(inflate));`;
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env: { ...process.env, TMPDIR: draft } });
    writeFileSync(join(draft, LAUNCHER), LAUNCHER_TEXT);
    for (const file of [LAUNCHER, 'chromium']) chmodSync(join(draft, file), 0o755);
    replace(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function replace(draft: string, home: string): void {
  // An incomplete one, or somebody else's, has to go; a complete one is that of a run which was quicker.
  if (existsSync(home) && !isComplete(home)) rmSync(home, { recursive: true, force: true });
  try {
    renameSync(draft, home);
  } catch (problem) {
    if (!isComplete(home)) throw problem;
  }
}

const isComplete = (home: string) => isOurs(home) && existsSync(join(home, LAUNCHER));

/** The name is foreseeable: a folder that somebody else made there may hold anything. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.();
}

function packageOf(file: string): string {
  for (let at = dirname(file); at !== dirname(at); at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (existsSync(manifest)) return manifest;
  }
  throw new Error(`${file} belongs to no package`);
}
