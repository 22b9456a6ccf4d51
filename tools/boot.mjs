// Plain JavaScript on purpose: this runs on whatever Node (>= 18) a newcomer has, before anything is installed.
// It makes the toolchain (pnpm, and Node where the present one is too old) and the dependencies, then runs one task:
// the script `do:TASK` of package.json, after `predo:TASK` where there is one.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const toolchain = join(root, 'tools', 'toolchain');
const windows = process.platform === 'win32';

/** How long a task may take to end in good order before it is ended: what a server grants its requests, and some more. */
const PATIENCE = ((Number(process.env.SHUTDOWN_SECONDS) || 10) + 20) * 1_000;

const [task = 'start', ...rest] = process.argv.slice(2);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
if (!scripts[`do:${task}`]) {
  const tasks = Object.keys(scripts).filter((name) => name.startsWith('do:'));
  console.error(`There is no task "${task}", only: ${tasks.map((name) => name.slice('do:'.length)).join(', ')}.`);
  process.exit(2);
}

const env = cleanEnvironment();
installToolchain();
installDependencies();
if (scripts[`predo:${task}`]) run(scripts[`predo:${task}`].split(' '), root, env);
follow([...scripts[`do:${task}`].split(' '), ...rest]);

/** Type stripping without a flag and everything that Vitest asks for: 22.18+, 24 and 26+; odd releases are not supported. */
function nodeIsRecentEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return (major === 22 && minor >= 18) || major === 24 || major >= 26;
}

/**
 * npm exports its whole configuration to scripts, which other programs must not take for theirs. What leads to the
 * registry is handed on to pnpm by the names that it reads.
 */
function cleanEnvironment() {
  const own = /^npm_(config|package|lifecycle|command|execpath|node_execpath)/i;
  const kept = /^npm_config_(registry|userconfig|cafile|proxy|https_proxy|strict_ssl)$/i;
  const clean = Object.entries(process.env).filter(([name]) => !own.test(name));
  const handed = Object.entries(process.env).filter(([name, value]) => kept.test(name) && value);
  const forPnpm = handed.map(([name, value]) => [`p${name.toLowerCase()}`, value]);
  const path = [join(toolchain, 'node_modules', '.bin'), join(root, 'node_modules', '.bin'), process.env.PATH ?? process.env.Path];
  const added = { PATH: path.join(delimiter), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  return { ...Object.fromEntries([...forPnpm, ...clean]), ...added };
}

/** Checked by the hashes of its lock file. Once Node was fetched, it serves those with a recent one as well. */
function installToolchain() {
  const stamp = join(toolchain, 'node_modules', '.stamp');
  const lock = fingerprint(['tools/toolchain/package-lock.json']);
  // The Node that was fetched is no reason to do without it.
  const recent = nodeIsRecentEnough() && !process.execPath.startsWith(toolchain);
  if ([`${lock} with Node`, recent && `${lock} without Node`].includes(read(stamp))) return;
  const what = recent ? 'pnpm' : `Node 24 (this is ${process.versions.node}) and pnpm`;
  console.log(`Fetching ${what} into tools/toolchain …`);
  const omit = recent ? ['--omit=optional'] : [];
  run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error', ...omit], toolchain, process.env);
  write(stamp, `${lock} ${recent ? 'without' : 'with'} Node`);
}

function installDependencies() {
  const stamp = join(root, 'node_modules', '.stamp');
  const wanted = fingerprint(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']);
  if (read(stamp) === wanted) return;
  // Without a terminal pnpm would rather fail than ask whether it may replace what another version of it installed.
  run(['pnpm', 'install', '--frozen-lockfile', '--reporter=append-only', '--config.confirm-modules-purge=false'], root, env);
  write(stamp, wanted);
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Runs a program to its end; ends with its exit code where it fails. */
function run([program, ...args], cwd, environment) {
  const done = spawnSync(program, args, { cwd, stdio: 'inherit', env: environment, shell: windows });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/**
 * Starts the task, passes signals on to it, and ends when and as it ends.
 *
 * The task itself, not a shell or a package manager that runs it: they answer a signal by dying before it, and cost most
 * of a second. In a process group of its own, so that one signal reaches all that it starts; at a terminal, where Ctrl-C
 * reaches everybody, in ours.
 */
function follow([program, ...args]) {
  const grouped = !windows && !process.stdin.isTTY;
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env, shell: windows, detached: grouped });
  const send = (signal) => {
    try {
      process.kill(grouped ? -child.pid : child.pid, signal);
    } catch (problem) {
      if (problem.code !== 'ESRCH') throw problem;
    }
  };
  const stop = (signal) => {
    // At a terminal the task got its own; a second Ctrl-C means "at once" to many programs.
    if (grouped || signal !== 'SIGINT') send(signal);
    setTimeout(() => send('SIGKILL'), PATIENCE).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  // npm may die of a signal without passing it on: notice that nobody waits for us any more.
  const family = ancestors();
  const orphaned = setInterval(() => {
    if (ancestors() === family) return;
    clearInterval(orphaned);
    stop('SIGTERM');
  }, 500);
  child.on('error', (problem) => {
    console.error(`${program} does not start: ${problem.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
}

/** Our parent, and where npm started us its parent too: between npm and us stands a shell that outlives a killed npm. */
function ancestors() {
  const status = `/proc/${process.ppid}/status`;
  if (!process.env.npm_lifecycle_event || !existsSync(status)) return String(process.ppid);
  return `${process.ppid} below ${/^PPid:\s*(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1]}`;
}
