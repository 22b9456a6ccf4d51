import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Role } from '@countersign/domain/people/rights/permissions';
import { type Sealer, sealerWith } from '@countersign/domain/people/second-factor/sealer';
import { SecondFactor } from '@countersign/domain/people/second-factor/second-factor';
import type { Logger } from './log.ts';
import { type Settings, SettingsError } from './settings.ts';

/** Which roles need a second factor: where nothing is set, admins do, and nobody in a demonstration, whose visitors share its accounts. */
export const requiredOf = ({ secondFactor: { roles } }: Pick<Settings, 'secondFactor'>, demo: boolean): ReadonlySet<Role> =>
  new Set<Role>(roles ?? (demo ? [] : ['admin']));

/**
 * What seals the secrets of second factors, by the keys that are set, otherwise by one that this server made and keeps beside its data.
 * Says so where somebody's was sealed with a key that isn't there: their codes can't be checked.
 */
export async function openSealer(
  { secondFactor: { keys }, dataDir }: Pick<Settings, 'secondFactor' | 'dataDir'>,
  { em, log }: { readonly em: EntityManager; readonly log: Logger },
): Promise<Sealer> {
  const [first = await ownKey(dataDir), ...others] = keys ?? [];
  const sealer = sealerWith([first, ...others]);
  const factors = await em.fork().findAll(SecondFactor, { fields: ['sealedSecret'] });
  const unknown = factors.filter(({ sealedSecret }) => !sealer.knows(sealedSecret)).length;
  if (unknown)
    log.error(
      `the secrets of ${unknown} second factors were encrypted with a key that this server doesn't have: name it in SECOND_FACTOR_KEY. Until then those people sign in with recovery codes`,
    );
  return sealer;
}

/** Makes it where there is none. @throws SettingsError where the file is no key. */
export async function ownKey(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'second-factor.key');
  const text = (await keptIn(file)) ?? (await madeIn(file));
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32) throw new SettingsError([`${file} holds no key: put back the one that it held, or set SECOND_FACTOR_KEY.`]);
  return key;
}

const keptIn = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return null;
    throw problem;
  });

/** Whole or not at all, and once: of two servers that start together on one folder, the second takes what the first made. */
async function madeIn(file: string): Promise<string> {
  await mkdir(join(file, '..'), { recursive: true });
  // Not the process's number: in a container that is the same one each time, and a draft may have been left by one that was killed.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file).catch((problem: NodeJS.ErrnoException) => {
      if (problem.code !== 'EEXIST') throw problem;
    });
  } finally {
    await rm(draft);
  }
  return readFile(file, 'utf8');
}
