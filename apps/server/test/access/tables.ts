import type { Role } from '@countersign/domain/people/rights/permissions';

// What the specification says of who may see and do what, copied out by hand. Nothing here comes from the code that it
// judges: where the two disagree, one of them is wrong.

/** AC-2, the log: what each role sees of it, and what else it may. */
export const THE_LOG = {
  admin: { sees: 'all', export: 'yes', sensitive: 'yes', reports: 'yes' },
  manager: { sees: 'all', export: 'yes', sensitive: 'yes', reports: 'yes' },
  in_house: { sees: 'all', export: 'yes', sensitive: 'yes', reports: 'yes' },
  supervisor: { sees: 'own and responsible', export: 'no', sensitive: 'no', reports: 'own activity' },
  coordinator: { sees: 'own and responsible', export: 'no', sensitive: 'no', reports: 'own activity' },
  lending_admin: { sees: 'own', export: 'no', sensitive: 'no', reports: 'own activity' },
  borrowing_admin: { sees: 'own', export: 'no', sensitive: 'no', reports: 'own activity' },
  talent_escort: { sees: 'own', export: 'no', sensitive: 'no', reports: 'own activity' },
  worker: { sees: 'own', export: 'no', sensitive: 'no', reports: 'own activity' },
  member: { sees: 'own', export: 'no', sensitive: 'no', reports: 'own activity' },
} as const satisfies Record<Role, object>;

/** AC-2: a setting limits in-house staff to these. */
export const LIMITED_IN_HOUSE = 'own';

/** The columns of AC-9's table: the owner of the record, and the roles that it names. Whom it doesn't name it doesn't allow anything. */
interface CommandRow {
  readonly owner: 'yes' | 'no' | 'never own' | 'no column';
  /** Of a record that they are responsible for. */
  readonly supervisor: 'yes' | 'no';
  readonly coordinator: 'yes' | 'no';
  readonly in_house: 'yes' | 'no';
  readonly manager: 'yes' | 'no';
  readonly admin: 'yes' | 'no';
}

const nobody = { supervisor: 'no', coordinator: 'no', in_house: 'no', manager: 'no', admin: 'no' } as const;

/** AC-9, and what other rules say of acts that it doesn't name. */
export const COMMANDS = {
  'timecard: create, edit draft or rejected, submit': { ...nobody, owner: 'yes', in_house: 'yes', manager: 'yes', admin: 'yes' },
  'timecard: approve, reject (with edits)': {
    ...nobody,
    owner: 'never own',
    supervisor: 'yes',
    in_house: 'yes',
    manager: 'yes',
    admin: 'yes',
  },
  'timecard: edit approved': { ...nobody, owner: 'no', admin: 'yes' },
  'timecard: undo, import': { ...nobody, owner: 'no', manager: 'yes', admin: 'yes' },
  'timecard: undo of an approved card': { ...nobody, owner: 'no', admin: 'yes' },
  /** TC-4: a draft may be deleted by its owner or an admin. */
  'timecard: delete a draft': { ...nobody, owner: 'yes', admin: 'yes' },
  /** AUD-30: an alert goes to admins, not to whom it is about; where there is one admin alone managers have to look. */
  'unusual access: read and explain': { ...nobody, owner: 'never own', manager: 'yes', admin: 'yes' },
  'credits, jobs, settings, pick-lists, users, retention': { ...nobody, owner: 'no column', admin: 'yes' },
} as const satisfies Record<string, CommandRow>;
export type CommandName = keyof typeof COMMANDS;

/** How a record stands to somebody: whose it is and where, as the organisation has it. */
export const STANDINGS = ['their own', 'of a person in their charge', 'at a site in their charge', 'of others'] as const;
export type Standing = (typeof STANDINGS)[number];

/** Everybody holds both kinds of responsibility on paper; they count for these two roles alone. */
const inCharge = (role: Role, standing: Standing) =>
  standing.includes('in their charge') && (role === 'supervisor' || role === 'coordinator');

/** AC-2: whether somebody sees the log of such a record, and by AC-3 the record itself. */
export function sees(role: Role, standing: Standing, limits: { readonly inHouse?: boolean } = {}): boolean {
  const extent = limits.inHouse && role === 'in_house' ? LIMITED_IN_HOUSE : THE_LOG[role].sees;
  if (extent === 'all' || standing === 'their own') return true;
  return extent === 'own and responsible' && inCharge(role, standing);
}

/** AC-2, AC-10: whether somebody is shown the values of sensitive fields, of whosever record. */
export const seesSensitive = (role: Role): boolean => THE_LOG[role].sensitive === 'yes';

/** AC-2: whether somebody takes the log or records away as a file. */
export const exports = (role: Role): boolean => THE_LOG[role].export === 'yes';

/** AC-9: whether somebody may do this to such a record. */
export function may(command: CommandName, role: Role, standing: Standing): boolean {
  const row: CommandRow = COMMANDS[command];
  if (standing === 'their own' && row.owner === 'yes') return true;
  if (standing === 'their own' && row.owner === 'never own') return false;
  if (role !== 'supervisor' && role !== 'coordinator') return role in row && row[role as keyof CommandRow] === 'yes';
  return row[role] === 'yes' && inCharge(role, standing);
}
