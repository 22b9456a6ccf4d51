/** What a row of a file is. */
export const ROW_KINDS = ['punch', 'shift'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** What a punch says. `break` begins a break or ends it, whichever comes next. */
export const PUNCH_KINDS = ['in', 'out', 'break', 'break_start', 'break_end'] as const;
export type PunchKind = (typeof PUNCH_KINDS)[number];

/** What a column can hold. */
export const COLUMN_FIELDS = [
  'person',
  'first_name',
  'last_name',
  'site',
  'day',
  'instant',
  'time',
  'kind',
  'check_in',
  'check_out',
  'break_start',
  'break_end',
] as const;
export type ColumnField = (typeof COLUMN_FIELDS)[number];

/** What each of them is called on pages and in messages. */
export const FIELD_LABELS: Readonly<Record<ColumnField, string>> = {
  person: 'Person (mail address, name or id)',
  first_name: 'First name',
  last_name: 'Last name',
  site: 'Site',
  day: 'Day',
  instant: 'Day and time',
  time: 'Time',
  kind: 'In, out or break',
  check_in: 'Check-in',
  check_out: 'Check-out',
  break_start: 'Break start',
  break_end: 'Break end',
};

const OF_PERSON = ['person', 'first_name', 'last_name', 'site'] as const;

/** The fields that make sense in a file of these rows. */
export const FIELDS_OF: Readonly<Record<RowKind, readonly ColumnField[]>> = {
  punch: [...OF_PERSON, 'instant', 'day', 'time', 'kind'],
  shift: [...OF_PERSON, 'day', 'check_in', 'check_out', 'break_start', 'break_end'],
};

/** Which column holds what; null for one that isn't read. */
export interface Mapping {
  readonly rows: RowKind;
  readonly columns: readonly (ColumnField | null)[];
}

/** What keeps a file from being read with this mapping, in sentences; none where it can be tried. `siteChosen`: one site holds for the whole file. */
export function mappingProblems({ rows, columns }: Mapping, siteChosen: boolean): string[] {
  const has = (field: ColumnField) => columns.includes(field);
  const twice = COLUMN_FIELDS.filter((field) => columns.filter((one) => one === field).length > 1);
  const misplaced = COLUMN_FIELDS.filter((field) => has(field) && !FIELDS_OF[rows].includes(field));
  const known = has('person') || (has('first_name') && has('last_name'));
  return [
    ...twice.map((field) => `Two columns are "${FIELD_LABELS[field]}": choose one of them.`),
    ...misplaced.map((field) => `"${FIELD_LABELS[field]}" has no place in a file with one row for a ${rows}.`),
    ...(known ? [] : ['Choose the column that says who it is: a mail address, a name or an id, or first and last name.']),
    ...(has('site') || siteChosen ? [] : ['Choose the column that names the site, or one site for the whole file.']),
    ...(rows === 'punch' ? punchProblems(has) : shiftProblems(has)),
  ];
}

function punchProblems(has: (field: ColumnField) => boolean): string[] {
  return [
    ...(has('instant') || (has('day') && has('time'))
      ? []
      : ['Choose the column with day and time of the punch, or one for the day and one for the time.']),
    ...(has('instant') && (has('day') || has('time')) ? ['Day and time of a punch stand in one column or in two: choose either.'] : []),
    ...(has('kind') ? [] : ['Choose the column that says in, out or break.']),
  ];
}

function shiftProblems(has: (field: ColumnField) => boolean): string[] {
  return [
    ...(has('check_in') ? [] : ['Choose the column with the check-in.']),
    ...(has('check_out') ? [] : ['Choose the column with the check-out.']),
    ...(has('break_start') === has('break_end') ? [] : ['A break has a start and an end: choose both columns, or neither.']),
  ];
}
