// `npm run trials -- NAME`: what is judged by an outside tool, or takes too long to be asserted by each run of the tests.
import { cpus } from 'node:os';

const TRIALS = ['fuzz', 'lighthouse', 'matrix', 'offline', 'open-sockets', 'ten-million', 'write-programs'] as const;

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !TRIALS.some((known) => known === name)) {
  console.error(`Which trial? npm run trials -- ${TRIALS.join(' | ')}`);
  process.exit(2);
}

console.log(
  `${name}: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
);
const { run } = (await import(`./${name}.ts`)) as { run: (...rest: string[]) => Promise<void> };
await run(...rest);
