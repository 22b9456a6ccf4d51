import { AuditDisagreement, AuditLogError, AuditTampering } from './errors.ts';

// Whoever holds the application's password can tell tens of thousands of changes at once that never were. Each stands in
// the log, or is none; whoever is alarmed has to hear of it once.

/** Alarms of one kind that a batch raises each by itself; beyond, one alarm names as many and counts the others. */
const EACH = 5;
/** Characters of one of several that is named. */
const MAX_NAMED = 300;
/** Characters of an alarm by itself. */
const MAX_ALONE = 2_000;
/** Fields of one record that are named, and characters of each. */
const MAX_FIELDS = 10;
const MAX_FIELD = 100;

/** What there is to be alarmed about in a batch. */
interface Wrong {
  /** In sentences, where what was told and what was seen disagree. */
  readonly disagreements: readonly string[];
  readonly failures: readonly Error[];
}

/** A bounded number of alarms with bounded texts, whatever somebody told. */
export function alarmsOf({ disagreements, failures }: Wrong): Error[] {
  const [attempts, others] = [failures.filter(isTampering), failures.filter((one) => !isTampering(one))];
  return [
    ...(disagreements.length > EACH
      ? [new AuditDisagreement(severalOf(disagreements), disagreements.length)]
      : disagreements.map((one) => new AuditDisagreement(cut(one, MAX_ALONE)))),
    ...(attempts.length > EACH ? [new AuditTampering(severalOf(messagesOf(attempts)))] : attempts),
    ...(others.length > EACH ? [new AuditLogError(severalOf(messagesOf(others)), null, others[0])] : others),
  ];
}

const isTampering = (one: Error): boolean => one instanceof AuditTampering;
const messagesOf = (errors: readonly Error[]): string[] => errors.map(({ message }) => message);

const severalOf = (sentences: readonly string[]): string =>
  `${sentences
    .slice(0, EACH)
    .map((one) => cut(one, MAX_NAMED))
    .join('; ')}; and ${sentences.length - EACH} more like these`;

const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters).toWellFormed()}…`;

/** Fields of a record, or what else somebody says of it, as far as an alarm names them. */
export const fieldsInWords = (fields: readonly string[]): string =>
  [
    ...fields.slice(0, MAX_FIELDS).map((field) => cut(field, MAX_FIELD)),
    ...(fields.length > MAX_FIELDS ? [`${fields.length - MAX_FIELDS} more`] : []),
  ].join(', ');
