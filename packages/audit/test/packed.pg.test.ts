import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { Client } from 'pg';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { exportsOf } from '../tools/reference.ts';
import { tarballRegistry, type TarballRegistry } from './tarball-registry.ts';

const AUDIT = dirname(import.meta.dirname);
const ROOT = join(AUDIT, '..', '..');
const GUIDE = readFileSync(join(ROOT, 'docs', 'audit-in-your-app.md'), 'utf8');

/** A fenced block of the guide: a file to write, commands to run, or what they print. */
interface Block {
  readonly kind: string;
  readonly file: string;
  readonly text: string;
}

const BLOCKS: readonly Block[] = [...GUIDE.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(([, kind = '', file = '', text = '']) => ({
  kind,
  file,
  text,
}));
const versionsOf = (file: string) => BLOCKS.filter((block) => block.file === file).map(({ text }) => text.split('\n'));

let folder: string;
let app: string;
let registry: TarballRegistry;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  app = join(folder, 'notes');
  mkdirSync(app);
  database = await createDatabase();
  await asSuperuser((client) => client.query('drop role if exists notes_app; drop role if exists notes_sequencer'));
  registry = await tarballRegistry(AUDIT, ['@mikro-orm/core', '@mikro-orm/postgresql', 'kysely', 'pg', '@types/pg', 'zod']);
  const packed = spawnSync(process.execPath, [join(ROOT, 'tools', 'pack.ts'), app], { encoding: 'utf8' });
  expect(packed.status, `${packed.stdout}${packed.stderr}`).toBe(0);
}, 180_000);

afterAll(async () => {
  await registry.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function asSuperuser<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(database.url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const as = (role: string) => Object.assign(new URL(database.ownerUrl), { username: role, password: role }).href;

/** Runs commands in the application's folder, and answers with what they print. Not synchronously: the registry is of this process. */
async function run(commands: string): Promise<string> {
  const child = spawn('sh', ['-ec', commands], {
    cwd: app,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      DATABASE_URL: database.ownerUrl,
      DATABASE_APP_URL: as('notes_app'),
      DATABASE_SEQUENCER_URL: as('notes_sequencer'),
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'cache'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
  });
  let printed = '';
  let problems = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  child.stderr.on('data', (data: Buffer) => (problems += data.toString()));
  const [exit] = (await once(child, 'close')) as [number | null];
  if (exit !== 0) throw new Error(`${commands} ended with ${exit}:\n${printed}${problems}`);
  return printed;
}

describe('the guide, word for word, outside of the repository', () => {
  it('goes from an empty folder to events that are read back', async () => {
    let printed = '';
    for (const { kind, file, text } of BLOCKS) {
      if (kind === 'ts') writeFileSync(join(app, file), text);
      else if (kind === 'sh') printed = await run(text);
      else if (kind === 'text') expect(printed).toBe(text);
      else expect.unreachable(`the guide has a block of a kind that nobody runs: ${kind}`);
    }
    const { rows } = await asSuperuser((client) => client.query<{ action: string }>('select action from audit_event order by position'));
    expect(rows.map(({ action }) => action)).toEqual(['note_changed', 'note_changed', 'note_done', 'notes_printed']);
  }, 240_000);

  it('AUD-12: the application that it leads to can not alter its log', async () => {
    const client = new Client(as('notes_app'));
    await client.connect();
    await expect(client.query('delete from audit_event')).rejects.toThrow(/permission denied/);
    await expect(client.query('update audit_head set position = 0')).rejects.toThrow(/permission denied/);
    await client.end();
  });

  it('takes at most fifteen added lines for the first audited entity', () => {
    const [before = [], after = []] = versionsOf('notes.ts');
    const reading = after.slice(after.indexOf('// Read it back.'), after.indexOf('await trail.close();'));
    const left = [...before];
    const added = after.filter((line) => {
      const at = left.indexOf(line);
      if (at !== -1) left.splice(at, 1);
      return at === -1 && line.trim() !== '' && !reading.includes(line);
    });
    expect(
      left.filter((line) => line.trim() !== ''),
      'nothing is taken away',
    ).toEqual([]);
    expect(reading).not.toEqual([]);
    expect(added.length).toBeLessThanOrEqual(15);
  });

  it('is type-checked', async () => {
    const options = '--strict --noEmit --target es2024 --types node --module nodenext';
    const said = await run(`${join(AUDIT, 'node_modules', '.bin', 'tsc')} ${options} notes.ts more.ts || true`);
    // The application and our own declarations without exception; those of others may want packages that not everybody has.
    const ours = said.split('\n').filter((line) => line.trim() !== '' && !/^(node_modules\/(?!@countersign)| )/.test(line));
    expect(ours).toEqual([]);
  }, 240_000);
});

function doorsOf(name: string): string[] {
  const manifest = readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8');
  return Object.keys((JSON.parse(manifest) as { exports: object }).exports).map((door) => door.slice(2));
}

describe('the reference', () => {
  it('says of each export in a sentence what it is', () => {
    const silent = exportsOf(AUDIT).filter(({ comment }) => !/[.:]/.test(comment));
    expect(silent.map(({ door, name }) => `${door}: ${name}`)).toEqual([]);
  });

  it('is in the package, with every door', () => {
    const reference = readFileSync(join(app, 'node_modules', '@countersign', 'audit', 'API.md'), 'utf8');
    expect(reference).toBe(readFileSync(join(AUDIT, 'API.md'), 'utf8'));
    expect(reference).toContain('**`record`** (function). Records what is no change of a record.');
    expect(reference).toContain('Throws MetadataError that names each field');
    for (const { name } of exportsOf(AUDIT)) expect(reference).toContain(`**\`${name}\`** (`);
  });
});

describe.each(['audit', 'proof'])('@countersign/%s, packed', (name) => {
  it('publint has nothing to say about it', async () => {
    const { messages } = await publint({ pkgDir: join(app, 'node_modules', '@countersign', name), strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  it('attw finds no wrong types; it is ESM only, on purpose', async () => {
    const packed = createPackageFromTarballData(readFileSync(join(app, `countersign-${name}-0.1.0.tgz`)));
    const result = await checkPackage(packed, { entrypoints: doorsOf(name) });
    if (!result.types) return expect.unreachable('it has no types');
    // What attw calls the profile esm-only: Node 10 and `require` are not served.
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  }, 240_000);

  it('every door of the package opens, and there are no other ones', async () => {
    const packed = JSON.parse(readFileSync(join(app, 'node_modules', '@countersign', name, 'package.json'), 'utf8')) as { exports: object };
    expect(Object.keys(packed.exports)).toEqual(doorsOf(name).map((door) => `./${door}`));
    const opened = doorsOf(name).map((door) => `import('@countersign/${name}/${door}')`);
    expect(await run(`node --eval "Promise.all([${opened.join(', ')}]).then(({ length }) => console.log(length))"`)).toBe(
      `${opened.length}\n`,
    );
  });
});
