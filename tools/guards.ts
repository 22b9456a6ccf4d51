/** A file of the project: its path from the root, with slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Something that no tool finds and no reviewer should have to: what it is about, and how to mend it. */
export interface Guard {
  readonly name: string;
  readonly mend: string;
  readonly looksAt: (path: string) => boolean;
  /** What must not stand there, line by line. */
  readonly finds: RegExp;
}

const isTest = (path: string) => /(^|\/)test\/|\.(test|e2e)\.tsx?$/.test(path);
const isCode = (path: string) => /\.[cm]?[jt]sx?$/.test(path);

// Put together, so that this file does not find itself.
const HOMES = new RegExp(String.raw`(?:/(?:home|Users|root)/|[A-Z]:\\Users\\)[\w.-]+[/\\]`);
const DISABLED = new RegExp('(?:oxlint|eslint)-' + String.raw`disable(?!.* -- \S)`);

export const GUARDS: readonly Guard[] = [
  {
    name: 'the lock file of pnpm names packages, not servers',
    mend: 'run `pnpm install` with the default registry, so that no address is written',
    looksAt: (path) => path === 'pnpm-lock.yaml',
    finds: /tarball:|https?:\/\//,
  },
  {
    name: 'the lock file of the toolchain names packages, not servers',
    mend: 'run `npm install --package-lock-only --omit-lockfile-registry-resolved` in tools/toolchain',
    looksAt: (path) => path === 'tools/toolchain/package-lock.json',
    finds: /"resolved"/,
  },
  {
    name: 'no path of one machine',
    mend: 'derive it from `import.meta.dirname`, or take it from a setting',
    looksAt: () => true,
    finds: HOMES,
  },
  {
    name: 'every test runs',
    mend: 'delete the test, or make it pass; `runIf` is for what a machine lacks',
    looksAt: (path) => isTest(path) && isCode(path),
    finds: /\b(?:it|test|describe|suite|expect)(?:\.\w+)*\.(?:only|skip|todo|fails)\b|\bx(?:it|describe|test)\(/,
  },
  {
    name: 'a lint rule that is switched off says why',
    mend: 'append ` -- the reason` to the comment',
    looksAt: isCode,
    finds: DISABLED,
  },
  {
    name: 'audit knows no word of the business',
    mend: 'say it in the terms of the log (entity, target, root, actor); in tests, with rabbits',
    looksAt: (path) => path.startsWith('packages/audit/'),
    finds: /time[ _-]?cards?|time[ _-]?sheets?|bookings?|agenc(?:y|ies)|supervisors?|payroll|overtime/i,
  },
];

/** Full of what the guards look for. */
const OWN_TEST = 'tools/test/guards.test.ts';

/** Where a guard finds something: `path:line: text`. */
export function findings(guard: Guard, files: readonly SourceFile[]): string[] {
  return files.filter(({ path }) => path !== OWN_TEST && guard.looksAt(path)).flatMap(({ path, text }) => matches(guard.finds, path, text));
}

function matches(pattern: RegExp, path: string, text: string): string[] {
  if (!pattern.test(text)) return [];
  const lines = text.split('\n').map((line, at) => ({ line, at }));
  return lines.filter(({ line }) => pattern.test(line)).map(({ line, at }) => `${path}:${at + 1}: ${line.trim().slice(0, 160)}`);
}
