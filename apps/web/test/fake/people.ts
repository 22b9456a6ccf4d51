import type { PersonView, SiteView, VocabularyView } from '../../src/api/views.ts';
import { uuid } from './random.ts';

const NAMES = [
  'Anna Berg',
  'Omar Khan',
  'Maria Diaz',
  'Li Wei',
  'Jon Ek',
  'Sara Lindqvist',
  'Łukasz Wójcik',
  'Amara Okafor',
  'Tom Sand',
  'Priya Nair',
  'Yuki Tanaka',
  'Noah Fischer',
];
const ROLES = [
  'admin',
  'supervisor',
  'manager',
  'worker',
  'worker',
  'worker',
  'talent_escort',
  'worker',
  'worker',
  'worker',
  'worker',
  'worker',
] as const;

export const PEOPLE: readonly PersonView[] = NAMES.map((name, index) => ({
  id: uuid(1, index + 1),
  name,
  role: ROLES[index] ?? 'worker',
  disabled: false,
}));
/** Who is meant where nobody in particular is. */
export const [ANNA, OMAR, , LI] = PEOPLE as readonly [PersonView, PersonView, PersonView, PersonView, ...PersonView[]];

export const person = (name: string): PersonView => {
  const found = PEOPLE.find((one) => one.name === name);
  if (!found) throw new Error(`nobody is called ${name}`);
  return found;
};

export const SITES: readonly SiteView[] = [
  { id: uuid(2, 1), name: 'Dock 4', timeZone: 'Europe/Berlin' },
  { id: uuid(2, 2), name: 'Harbour Hall', timeZone: 'Europe/Berlin' },
  { id: uuid(2, 3), name: 'Newark Depot', timeZone: 'America/New_York' },
];

const field = (
  entity: string,
  name: string,
  label: string,
  kind: string,
  values: Record<string, string> | null = null,
  sensitive = false,
) => ({ entity, name, label, kind, sensitive, values });

export const VOCABULARY: VocabularyView = {
  former: { actions: [], entities: [], fields: [] },
  areas: [
    { name: 'people', label: 'People' },
    { name: 'timecards', label: 'Timecards' },
  ],
  actions: [
    { name: 'timecard_created', label: 'Timecard created', area: 'timecards', description: null },
    { name: 'timecard_submitted', label: 'Timecard submitted', area: 'timecards', description: null },
    { name: 'timecard_approved', label: 'Timecard approved', area: 'timecards', description: null },
    { name: 'timecard_rejected', label: 'Timecard rejected', area: 'timecards', description: null },
    { name: 'timecard_deleted', label: 'Timecard deleted', area: 'timecards', description: null },
    { name: 'user_edit', label: 'User edit', area: 'timecards', description: 'The owner of the timecard changed it.' },
    { name: 'admin_edit', label: 'Admin edit', area: 'timecards', description: 'Somebody other than the owner changed the timecard.' },
    {
      name: 'rejection_edit',
      label: 'Rejection edit',
      area: 'timecards',
      description: 'The timecard was changed as part of rejecting it.',
    },
    { name: 'user_updated', label: 'Profile changed', area: 'people', description: null },
    { name: 'signed_in', label: 'Signed in', area: 'people', description: null },
  ],
  entities: [
    { name: 'Timecard', label: 'Timecard', area: 'timecards' },
    { name: 'TimecardEntry', label: 'Timecard day', area: 'timecards' },
    { name: 'User', label: 'Profile', area: 'people' },
  ],
  fields: [
    field('Timecard', 'person', 'Person', 'reference'),
    field('Timecard', 'site', 'Site', 'reference'),
    field('Timecard', 'period_start', 'First Day', 'date'),
    field('Timecard', 'period_end', 'Last Day', 'date'),
    field('Timecard', 'check_in_time', 'Check In Time', 'time'),
    field('Timecard', 'check_out_time', 'Check Out Time', 'time'),
    field('Timecard', 'break_start_time', 'Break Start Time', 'time'),
    field('Timecard', 'break_end_time', 'Break End Time', 'time'),
    field('Timecard', 'total_hours', 'Total Hours', 'hours'),
    field('Timecard', 'break_duration', 'Break Duration', 'minutes'),
    field('Timecard', 'overtime_hours', 'Overtime Hours', 'hours'),
    field('Timecard', 'status', 'Status', 'enum', { draft: 'Draft', submitted: 'Submitted', approved: 'Approved', rejected: 'Rejected' }),
    field('Timecard', 'manually_edited', 'Manually Edited Flag', 'boolean'),
    field('Timecard', 'edited_after_approval', 'Edited After Approval', 'boolean'),
    field('Timecard', 'rejection_reason', 'Rejection Reason', 'text'),
    field('Timecard', 'admin_notes', 'Admin Notes', 'text', null, true),
    field('TimecardEntry', 'work_date', 'Work Date', 'date'),
    field('TimecardEntry', 'daily_check_in', 'Daily Check In', 'time'),
    field('TimecardEntry', 'daily_check_out', 'Daily Check Out', 'time'),
    field('TimecardEntry', 'daily_break_start', 'Daily Break Start', 'time'),
    field('TimecardEntry', 'daily_break_end', 'Daily Break End', 'time'),
    field('TimecardEntry', 'daily_total_hours', 'Daily Total Hours', 'hours'),
    field('User', 'phone', 'Phone', 'text', null, true),
  ],
};
