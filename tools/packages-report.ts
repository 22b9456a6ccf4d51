/** What pnpm printed, or what it said instead of an answer. */
export type Printed = { readonly answer: Readonly<Record<string, unknown>> } | { readonly silence: string };

/** What a command that prints JSON has printed: an answer, or why there is none. Its exit code says something else with each command. */
export function printedBy(text: string): Printed {
  const parsed = parse(text);
  if (!parsed) return { silence: 'it answered nothing that can be read' };
  const { error } = parsed as { error?: { code?: unknown } };
  return error ? { silence: `it answered ${typeof error.code === 'string' ? error.code : 'with an error'}` } : { answer: parsed };
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Worst first. */
const SEVERITIES = ['critical', 'high', 'moderate', 'low', 'info'];

interface Advisory {
  readonly module_name: string;
  readonly severity: string;
  readonly title: string;
  readonly url: string;
}

/** Lines on known vulnerabilities, from `pnpm audit --json`. */
export function vulnerabilities({ advisories }: { readonly advisories?: Readonly<Record<string, Advisory>> }): string[] {
  const found = Object.values(advisories ?? {});
  if (!found.length) return ['None is known.'];
  const rank = ({ severity }: Advisory) => (SEVERITIES.indexOf(severity) + SEVERITIES.length + 1) % (SEVERITIES.length + 1);
  return found
    .toSorted((one, other) => rank(one) - rank(other) || one.module_name.localeCompare(other.module_name))
    .map(({ module_name: name, severity, title, url }) => `${severity.padEnd(8)}  ${name}: ${title} (${url})`);
}

interface Outdated {
  readonly current: string;
  readonly latest: string;
  readonly isDeprecated?: boolean;
}

/** Lines on direct dependencies of which there is a newer version, from `pnpm outdated --json`: each once, whoever uses it. */
export function outdated(found: Readonly<Record<string, Outdated>>): string[] {
  const byName = new Map(Object.entries(found).map(([key, value]) => [key.replace(/ \(\w+\)$/, '').replace(/(?<=.)@[^@/]+$/, ''), value]));
  if (!byName.size) return ['All are the newest.'];
  const width = Math.max(...[...byName.keys()].map(({ length }) => length));
  return [...byName]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(
      ([name, { current, latest, isDeprecated }]) => `${name.padEnd(width)}  ${current} → ${latest}${isDeprecated ? '  (deprecated)' : ''}`,
    );
}

/** Licenses that ask for nothing but their own text. */
const PERMISSIVE = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
  'BlueOak-1.0.0',
  'Python-2.0',
  'PostgreSQL',
]);

/** Lines on the licenses of what is shipped, from `pnpm licenses list --prod --json`: how many of each, and by name what isn't permissive. */
export function licenses(found: Readonly<Record<string, readonly { readonly name: string }[]>>): string[] {
  const isPermissive = (license: string) =>
    license
      .replaceAll(/[()]/g, '')
      .split(' OR ')
      .some((one) => PERMISSIVE.has(one));
  return Object.entries(found)
    .toSorted(([one, a], [other, b]) => b.length - a.length || one.localeCompare(other))
    .map(([license, packages]) => {
      const names = isPermissive(license)
        ? ''
        : `: ${packages
            .map(({ name }) => name)
            .toSorted()
            .join(', ')}`;
      return `${String(packages.length).padStart(4)}  ${license}${names}`;
    });
}
