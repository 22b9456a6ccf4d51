import { once } from 'node:events';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { tarballOf } from './tarball.ts';

// A registry of npm that knows what this repository has installed, and nothing else: what outsiders install can be
// installed as they do it, and no network is needed.

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

interface Found {
  readonly manifest: Manifest;
  readonly folder: string;
}

export interface TarballRegistry {
  readonly url: string;
  close(): Promise<void>;
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Serves these packages and all that they depend on, as `from` finds them. */
export async function tarballRegistry(from: string, names: readonly string[]): Promise<TarballRegistry> {
  const found = new Map<string, Found>();
  for (const name of names) gather(installed(from, name), found);
  const files = new Map([...found.values()].map((one) => [fileOf(one.manifest), one.folder]));
  const byName = Map.groupBy(found.values(), ({ manifest }) => manifest.name);
  const server = createServer(({ url = '/', headers: { host } }, answer) => {
    const asked = decodeURIComponent(url.slice(1));
    const versions = byName.get(asked);
    if (versions) return send(answer, described(versions, `http://${host}/`));
    const folder = files.get(asked);
    if (folder !== undefined) return void answer.end(tarballOf(folder));
    answer.writeHead(404).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const fileOf = ({ name, version }: Manifest) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

const described = (found: readonly Found[], at: string) => ({
  name: found[0]?.manifest.name,
  'dist-tags': { latest: found[0]?.manifest.version },
  versions: Object.fromEntries(
    found.map(({ manifest }) => [manifest.version, { ...manifest, dist: { tarball: `${at}${fileOf(manifest)}` } }]),
  ),
});

const send = (answer: ServerResponse, body: object) =>
  void answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** A package and those that it needs, each version once. */
function gather(folder: string, found: Map<string, Found>): void {
  const manifest = manifestOf(folder);
  const key = `${manifest.name}@${manifest.version}`;
  if (found.has(key)) return;
  found.set(key, { manifest, folder });
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter((name) => !manifest.peerDependenciesMeta?.[name]?.optional);
  for (const name of [...Object.keys(manifest.dependencies ?? {}), ...peers]) gather(installed(folder, name), found);
}

/** Where a package is found from a folder, whatever its exports say. */
function installed(from: string, name: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) throw new Error(`${name} is not installed, seen from ${from}`);
  }
}
