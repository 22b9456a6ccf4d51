import { describe, expect, it } from 'vitest';
import { licenses, outdated, printedBy, vulnerabilities } from '../packages-report.ts';

describe('the report on packages', () => {
  it('takes an error, and what is no JSON, for no answer', () => {
    expect(printedBy('{"error":{"code":"ERR_PNPM_AUDIT_BAD_RESPONSE","message":"at https://…"}}')).toEqual({
      silence: 'it answered ERR_PNPM_AUDIT_BAD_RESPONSE',
    });
    for (const text of ['', 'ENOTFOUND', '[]', 'null'])
      expect(printedBy(text)).toEqual({ silence: 'it answered nothing that can be read' });
    expect(printedBy('{"advisories":{}}')).toEqual({ answer: { advisories: {} } });
  });

  it('names what is known, the worst first', () => {
    const of = (module_name: string, severity: string) => ({ module_name, severity, title: 'it breaks', url: 'https://example.com/1' });
    expect(vulnerabilities({ advisories: { 1: of('b', 'low'), 2: of('a', 'critical'), 3: of('c', 'unheard of') } })).toEqual([
      'critical  a: it breaks (https://example.com/1)',
      'low       b: it breaks (https://example.com/1)',
      'unheard of  c: it breaks (https://example.com/1)',
    ]);
    expect(vulnerabilities({ advisories: {} })).toEqual(['None is known.']);
    expect(vulnerabilities({})).toEqual(['None is known.']);
  });

  it('names each outdated package once', () => {
    const found = { current: '7.2.1', latest: '7.2.2' };
    expect(
      outdated({
        '@mikro-orm/core@7.2.1': found,
        '@mikro-orm/core@7.2.1 (dev)': found,
        'pg-boss': { current: '12.35.0', latest: '12.38.0', isDeprecated: true },
      }),
    ).toEqual(['@mikro-orm/core  7.2.1 → 7.2.2', 'pg-boss          12.35.0 → 12.38.0  (deprecated)']);
    expect(outdated({ '@types/node (dev)': found })).toEqual(['@types/node  7.2.1 → 7.2.2']);
    expect(outdated({})).toEqual(['All are the newest.']);
  });

  it('counts licenses, and names the packages of those that ask for more', () => {
    const of = (...names: string[]) => names.map((name) => ({ name }));
    expect(licenses({ 'MPL-2.0': of('b', 'a'), MIT: of('c', 'd', 'e'), '(GPL-3.0 OR MIT)': of('f'), Unknown: of('g') })).toEqual([
      '   3  MIT',
      '   2  MPL-2.0: a, b',
      '   1  (GPL-3.0 OR MIT)',
      '   1  Unknown: g',
    ]);
  });
});
