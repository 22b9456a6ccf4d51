// `node packages/audit/tools/reference.ts` writes API.md: every export of every door, by what stands at it in the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** An export of the package, and the comment that stands at it. */
export interface Export {
  readonly door: string;
  readonly name: string;
  readonly kind: string;
  /** Empty where nobody wrote one. */
  readonly comment: string;
  readonly members: readonly { readonly name: string; readonly comment: string }[];
}

/** A member with its comment, of an interface or a class. */
const MEMBER = /^ {2}\/\*\*((?:(?!\*\/)[^])*)\*\/\n {2}(?:readonly |get |async |static )*(\w+)/gm;

const EXPORT = /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?^export (?:declare |abstract |async )*(const|function|class|interface|type)\*? (\w+)/gm;

/** Every export of the doors of a package, in the order of their files. */
export function exportsOf(folder: string): Export[] {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports: Record<string, string> };
  return Object.entries(exports).flatMap(([door, path]) => {
    const text = readFileSync(join(folder, path), 'utf8');
    return [...text.matchAll(EXPORT)].map(({ index, 0: found, 1: comment = '', 2: kind = '', 3: name = '' }) => {
      const rest = text.slice(index + found.length);
      const body = kind === 'interface' || kind === 'class' ? rest.slice(0, rest.indexOf('\n}')) : '';
      const members = [...body.matchAll(MEMBER)].map(([, own = '', member = '']) => ({ name: member, comment: plain(own) }));
      return { door: door.slice(2), name, kind, comment: plain(comment), members };
    });
  });
}

const plain = (comment: string) => comment.replace(/^\s*\* ?/gm, '').trim();

/** The reference as Markdown. */
export function referenceOf(all: readonly Export[]): string {
  const doors = [...Map.groupBy(all, ({ door }) => door)].sort(([one], [other]) => (one < other ? -1 : 1));
  const sections = doors.map(([door, entries]) => [`## \`@countersign/audit/${door}\``, ...entries.map(entryOf)].join('\n\n'));
  return [
    '# What `@countersign/audit` exports',
    'Made from the comments in the code by `node packages/audit/tools/reference.ts`; the [README](README.md) says how it fits together.',
    ...sections,
    '',
  ].join('\n\n');
}

const entryOf = ({ name, kind, comment, members }: Export) => {
  const listed = members.map((member) => `- \`${member.name}\`: ${sentences(member.comment)}`);
  return [`**\`${name}\`** (${kind}). ${sentences(comment)}`, ...(listed.length ? [listed.join('\n')] : [])].join('\n\n');
};

function sentences(comment: string): string {
  const [text = '', ...refusals] = comment.split(/\n?@throws /);
  return [oneLine(text), ...refusals.map((refusal) => `Throws ${oneLine(refusal)}`)].join(' ');
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ').trim();

if (import.meta.main) writeFileSync(join(root, 'API.md'), referenceOf(exportsOf(root)).trimEnd() + '\n');
