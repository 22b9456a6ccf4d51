import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guarded, unguarded } from '../../../src/timecards/import/cells.rules.ts';
import { mappingProblems } from '../../../src/timecards/import/columns.rules.ts';
import { delimiterOf } from '../../../src/timecards/import/dialect.rules.ts';
import { EncodingWatch } from '../../../src/timecards/import/encoding.rules.ts';
import { headingLineOf, proposedMapping } from '../../../src/timecards/import/proposed-mapping.rules.ts';

function contentOf(bytes: Uint8Array, piece = bytes.length || 1) {
  const watch = new EncodingWatch();
  for (let at = 0; at < bytes.length; at += piece) watch.take(bytes.subarray(at, at + piece));
  return watch.end();
}

describe('TC-12: the encoding of a file', () => {
  test('is UTF-8 where all of it is, in whatever pieces it comes', () => {
    const bytes = new TextEncoder().encode('Person;Site\nZoë Müller;Estúdios do Beato 🎬\n');
    for (const piece of [1, 2, 3, 7, 1000]) expect(contentOf(bytes, piece)).toEqual({ encoding: 'utf-8' });
  });

  test('is Windows-1252 where it is not UTF-8, one letter near the end included', () => {
    const text = new TextEncoder().encode(`${'Person;Site\n'.repeat(50)}M`);
    expect(contentOf(Uint8Array.from([...text, 0xfc, 0x6c, 0x0a]), 16)).toEqual({ encoding: 'windows-1252' });
    // A letter of several bytes that the file breaks off.
    expect(contentOf(Uint8Array.from([0x4d, 0xc3]))).toEqual({ encoding: 'windows-1252' });
  });

  test('a workbook, UTF-16 and what is no text are refused with what to do', () => {
    expect(contentOf(Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0]), 3)).toEqual({ unreadable: expect.stringContaining('CSV UTF-8') });
    expect(contentOf(Uint8Array.from([0xff, 0xfe, 0x50, 0]))).toEqual({ unreadable: expect.stringContaining('UTF-16') });
    expect(contentOf(Uint8Array.from([0x50, 0, 0x51]))).toEqual({ unreadable: expect.stringContaining('no text file') });
  });
});

describe('TC-12: comma or semicolon', () => {
  test.each([
    ['Person,Site,Time\na@b.c,North Hall,"8,5"\n', ','],
    ['Person;Site;Time\na@b.c;North Hall;8,5\nb@b.c;Hall, South;7,5\n', ';'],
    ['Person\tSite\r\na\tb\r\n', '\t'],
    ['Clock 7\nExported 3 Nov 2026, 08:00\nPerson;Time;Kind\na;b;c\nd;e;f\n', ';'],
    ['Person\na\n', ','],
    ['', ','],
  ])('of %j it is %j', (text, delimiter) => expect(delimiterOf(text)).toBe(delimiter));
});

describe('TC-12: the mapping', () => {
  test.each<[string[], string[], string, (string | null)[]]>([
    [
      ['Email', 'Site', 'Timestamp', 'Event'],
      ['a@b.c', 'Hall', '2026-11-03T08:00:00Z', 'in'],
      'punch',
      ['person', 'site', 'instant', 'kind'],
    ],
    [
      ['Mitarbeiter', 'Datum', 'Uhrzeit', 'Buchung'],
      ['Anna Keller', '03.11.2026', '08:00', 'Kommen'],
      'punch',
      ['person', 'day', 'time', 'kind'],
    ],
    [
      ['Vorname', 'Nachname', 'Datum', 'Kommen', 'Gehen', 'Pausenbeginn', 'Pausenende', 'Saldo'],
      ['Anna', 'Keller', '03.11.2026', '08:00', '16:30', '12:00', '12:30', '0,5'],
      'shift',
      ['first_name', 'last_name', 'day', 'check_in', 'check_out', 'break_start', 'break_end', null],
    ],
    [
      ['Data', 'Funcionário', 'E-mail', 'Entrada', 'Saída'],
      ['03/11/2026', 'Rui Sá', 'rui@b.c', '08:00', '16:00'],
      'shift',
      ['day', null, 'person', 'check_in', 'check_out'],
    ],
    // "Date" holds the time as well.
    [['Name', 'Date', 'Status'], ['Anna Keller', '03/11/2026 08:00', 'IN'], 'punch', ['person', 'instant', 'kind']],
    // Without any headings, by what stands in the cells.
    [[], ['a@b.c', '2026-11-03 08:00', 'clock in', '17'], 'punch', ['person', 'instant', 'kind', null]],
  ])('of %j', (headings, sample, rows, columns) => {
    expect(proposedMapping(headings, [sample, sample])).toEqual({ rows, columns });
  });

  test('the headings are found below what a clock prints first, and need not be there', () => {
    const lines = (...all: string[][]) => all.map((cells, n) => ({ line: n + 1, cells }));
    expect(
      headingLineOf(lines(['Clock 7'], ['Period', 'November'], ['Person', 'Datum', 'Zeit', 'Art'], ['a', '03.11.2026', '8:00', 'in'])),
    ).toBe(3);
    expect(headingLineOf(lines(['a@b.c', '2026-11-03 08:00', 'in'], ['a@b.c', '2026-11-03 16:00', 'out']))).toBe(0);
    expect(headingLineOf(lines(['Wer', 'Wann'], ['a@b.c', '2026-11-03 08:00']))).toBe(1);
    expect(headingLineOf([])).toBe(0);
  });

  test('what is missing or twice is said in words, before anything is read', () => {
    expect(mappingProblems({ rows: 'punch', columns: ['person', 'site', 'instant', 'kind'] }, false)).toEqual([]);
    expect(mappingProblems({ rows: 'shift', columns: ['first_name', 'last_name', 'check_in', 'check_out'] }, true)).toEqual([]);
    const wrong = mappingProblems({ rows: 'shift', columns: ['first_name', 'day', 'day', 'check_in', 'break_start', 'kind'] }, false).join(
      ' ',
    );
    for (const part of [
      'Two columns are "Day"',
      'has no place',
      'says who it is',
      'names the site',
      'check-out',
      'A break has a start and an end',
    ])
      expect(wrong).toContain(part);
    expect(mappingProblems({ rows: 'punch', columns: ['person', 'site', 'instant', 'day'] }, false).join(' ')).toMatch(
      /in one column or in two.*in, out or break/,
    );
  });
});

describe('TC-12: cells that a spreadsheet would run', () => {
  test.each(['=1+1', '+49 30', '-5', '@sum', '\tx', '\rx', '＝1', "'=1", "''=1"])('%j gets an apostrophe', (text) => {
    expect(guarded(text)).toBe(`'${text}`);
  });

  test('and whatever the text, the import has it back', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^'*[=+@-]?.*$/)), (text) => unguarded(guarded(text)) === text));
    expect(guarded("O'Neill")).toBe("O'Neill");
    expect(unguarded("'tis")).toBe("'tis");
  });
});
