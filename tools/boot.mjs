// Plain JavaScript on purpose: this runs on whatever Node (>= 18) a newcomer has, before anything is installed.
// It makes the toolchain (pnpm, and Node where the present one is too old) and the dependencies, then runs one task.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const toolchain = join(root, 'tools', 'toolchain');
const windows = process.platform === 'win32';

/** Type stripping without a flag and everything Vitest asks for: 22.18+, 24 and 26+; odd releases are not supported. */
function nodeIsRecentEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return (major === 22 && minor >= 18) || major === 24 || major >= 26;
}

// npm exports its whole configuration to scripts; pnpm would read it as its own. The registry alone is worth keeping.
function cleanEnvironment() {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  for (const name of Object.keys(env)) {
    const npmOwn = /^npm_(config|package|lifecycle|command|execpath|node_execpath)/i.test(name);
    if (npmOwn && name.toLowerCase() !== 'npm_config_registry') delete env[name];
  }
  return env;
}

const env = cleanEnvironment();

function run(command, args, cwd, environment) {
  const done = spawnSync(command, args, { cwd, stdio: 'inherit', env: environment, shell: windows });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/** Runs `make` unless the stamp says that it ran for exactly these files. */
function once(stamp, files, salt, make) {
  const hash = createHash('sha256').update(salt);
  for (const file of files) hash.update(readFileSync(join(root, file)));
  const key = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, key);
}

const ownNode = nodeIsRecentEnough(process.versions.node);
once(join(toolchain, 'node_modules', '.stamp'), ['tools/toolchain/package-lock.json'], ownNode ? 'own' : 'fetched', () => {
  console.log(
    ownNode ? 'Fetching pnpm …' : `Node ${process.versions.node} is older than 22.18: fetching Node 24 and pnpm into tools/toolchain …`,
  );
  const omit = ownNode ? ['--omit=optional'] : [];
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...omit], toolchain, process.env);
});
env.PATH = join(toolchain, 'node_modules', '.bin') + delimiter + (env.PATH ?? env.Path);

once(join(root, 'node_modules', '.stamp'), ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'], process.versions.modules, () =>
  run('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only'], root, env),
);

const [task = 'start', ...rest] = process.argv.slice(2);
// In a process group of its own, so that one signal reaches everybody; at a terminal Ctrl-C does that by itself.
const group = !windows && !process.stdin.isTTY;
const child = spawn('pnpm', ['--silent', 'run', `do:${task}`, ...rest], {
  cwd: root,
  stdio: 'inherit',
  env,
  shell: windows,
  detached: group,
});

function stop(signal) {
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch (gone) {
    if (gone.code !== 'ESRCH') throw gone;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
// npm may die of a signal without passing it on: notice that nobody waits for us any more.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stop('SIGTERM'), 500).unref();
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
