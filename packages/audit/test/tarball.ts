import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** A folder as npm takes it: everything in it, below `package/`, as a gzipped tar (POSIX ustar). */
export function tarballOf(folder: string): Buffer {
  const files = globSync('**/*', { cwd: folder, exclude: ['node_modules'] }).filter((name) => statSync(join(folder, name)).isFile());
  const parts = files.flatMap((name) => entryOf(`package/${name.replaceAll('\\', '/')}`, readFileSync(join(folder, name))));
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), { level: 1 });
}

function entryOf(path: string, content: Buffer): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  const [prefix, name] = splitPath(path);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

/** A name has room for 100 bytes, and its folders for 155 more. */
function splitPath(path: string): [prefix: string, name: string] {
  if (path.length <= 100) return ['', path];
  const cut = path.indexOf('/', path.length - 101);
  return [path.slice(0, cut), path.slice(cut + 1)];
}
