import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownKey } from '../src/sealing.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sealing-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

test('AC-5: two servers that start together on one folder make one key, for nobody else to read', async () => {
  const data = join(folder(), 'data');
  const [one, other] = await Promise.all([ownKey(data), ownKey(data)]);
  expect(one).toEqual(other);
  expect(await ownKey(data)).toEqual(one);
  expect(readdirSync(data)).toEqual(['second-factor.key']);
  expect(statSync(join(data, 'second-factor.key')).mode & 0o077).toBe(0);
});

test('AC-5: what a start that was killed has left of a key keeps no later one from making it', async () => {
  const data = folder();
  // In a container every start has the same number.
  writeFileSync(join(data, `second-factor.key.${process.pid}`), 'half of');
  expect(await ownKey(data)).toHaveLength(32);
});

test('AC-5: a file that holds no key stops the start, and names it', async () => {
  const data = folder();
  writeFileSync(join(data, 'second-factor.key'), 'too short');
  await expect(ownKey(data)).rejects.toThrow(/second-factor\.key holds no key/);
});
