import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

const BENCHES = ['capture', 'feed', 'import', 'balance', 'web'] as const;

const [name] = process.argv.slice(2);
if (name === undefined || !BENCHES.some((known) => known === name)) {
  console.error(`Which benchmark? npm run bench -- ${BENCHES.join(' | ')}`);
  process.exit(2);
}

console.log(
  `${name}: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}, PostgreSQL 18, ${new Date().toISOString().slice(0, 10)}, commit ${commit()}`,
);
const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<void> };
await run();

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
