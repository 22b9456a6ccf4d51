import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The newest that allow each other; the driver of the database is ours. */
const PEERS = ['sequelize@6.37.8', 'sequelize-paper-trail@3.1.0', 'typeorm@0.3.31', 'typeorm-auditing@0.5.6', 'reflect-metadata@0.2.2'];

/** Other libraries in a folder of their own. */
export interface Peers {
  readonly folder: string;
  remove(): void;
}

const inNpm = promisify(execFile);

/** Fetched when they are wanted: 150 packages and 70 MB that nobody else needs. Nothing of theirs runs while they are installed. */
export async function fetchPeers(): Promise<Peers> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-peers-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await inNpm('npm', ['install', ...quietly, ...PEERS], { cwd: folder });
  } catch (cause) {
    remove();
    throw new Error('The other libraries could not be fetched: the benchmark needs the npm registry', { cause });
  }
  return { folder, remove };
}
