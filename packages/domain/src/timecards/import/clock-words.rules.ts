import { COLUMN_FIELDS, PUNCH_KINDS, type ColumnField, type PunchKind } from './columns.rules.ts';

/** A heading or a word as it is compared: small letters and digits, without accents, signs or double spaces. */
export function wordsOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** How columns are usually headed, in the languages in which time clocks are sold, as `wordsOf` spells it. */
const HEADINGS: Readonly<Record<ColumnField, string>> = {
  person:
    'email, e mail, mail, mail address, email address, e mail address, person, person id, employee, employee email, employee name, employee id, name, full name, worker, user, username, staff, crew, crew member, mitarbeiter, mitarbeiterin, mitarbeitende, personal, employe, salarie, nom complet, empleado, trabajador, colaborador, funcionario, trabalhador, dipendente, medewerker',
  first_name: 'first name, firstname, given name, forename, vorname, prenom, nombre, nome proprio, voornaam',
  last_name:
    'last name, lastname, surname, family name, nachname, familienname, nom, nom de famille, apellido, apellidos, apelido, cognome, achternaam',
  site: 'site, location, place, venue, stage, terminal, standort, ort, betriebsstatte, lieu, lugar, local, sede, locatie',
  day: 'day, date, work date, workdate, work day, shift date, datum, tag, arbeitstag, jour, fecha, dia, data, giorno',
  instant:
    'instant, date time, datetime, date and time, timestamp, time stamp, punch, punch time, punched at, clocked at, event time, zeitstempel, datum uhrzeit, buchungszeit, horodatage, fecha hora, fecha y hora, data hora, data e hora',
  time: 'time, time of day, hour, uhrzeit, zeit, heure, hora, ora, tijd',
  kind: 'kind, type, event, event type, direction, action, in out, status, state, punch type, buchung, buchungsart, art, richtung, sens, tipo, evento, movimiento, movimento',
  check_in:
    'check in, check in time, checkin, clock in, clock in time, clocked in, time in, in, start, start time, shift start, begin, from, kommen, beginn, von, arbeitsbeginn, arrivee, debut, entree, entrada, inicio, ingresso, inizio',
  check_out:
    'check out, check out time, checkout, clock out, clock out time, clocked out, time out, out, end, end time, shift end, finish, to, until, gehen, ende, bis, arbeitsende, depart, fin, sortie, salida, saida, fim, uscita, fine',
  break_start:
    'break start, break start time, break begin, break from, break out, lunch start, lunch out, meal start, pausenbeginn, pause von, pause beginn, pausenanfang, debut pause, debut de pause, inicio pausa, inicio descanso, inicio da pausa, inizio pausa',
  break_end:
    'break end, break end time, break to, break until, break in, lunch end, lunch in, meal end, pausenende, pause bis, pause ende, fin pause, fin de pause, fin pausa, fin descanso, fim pausa, fim da pausa, fine pausa',
};

/** What clocks call a punch. */
const KINDS: Readonly<Record<PunchKind, string>> = {
  in: 'in, i, 1, check in, checkin, clock in, clocked in, start, begin, arrival, entry, enter, ein, kommen, k, beginn, eingang, entree, arrivee, entrada, e, ingresso, aankomst',
  out: 'out, o, 0, check out, checkout, clock out, clocked out, end, stop, departure, exit, leave, aus, gehen, g, ende, ausgang, sortie, depart, salida, saida, s, uscita, vertrek',
  break: 'break, b, pause, p, lunch, meal, descanso, pausa, pauze',
  break_start:
    'break start, break begin, start break, begin break, break out, on break, lunch start, lunch out, meal start, pausenbeginn, pause beginn, pausenanfang, pause start, debut pause, debut de pause, inicio pausa, inicio descanso, inicio da pausa, inizio pausa',
  break_end:
    'break end, end break, break in, back from break, break stop, lunch end, lunch in, meal end, pausenende, pause ende, fin pause, fin de pause, fin pausa, fin descanso, fim pausa, fim da pausa, fine pausa',
};

const byWord = <Meaning extends string>(
  meanings: readonly Meaning[],
  words: Readonly<Record<Meaning, string>>,
): ReadonlyMap<string, Meaning> =>
  new Map(meanings.flatMap((meaning) => words[meaning].split(', ').map((word) => [word, meaning] as const)));

const fields = byWord(COLUMN_FIELDS, HEADINGS);
const kinds = byWord(PUNCH_KINDS, KINDS);

/** What a column with this heading usually holds; null for a heading that nobody knows. */
export const fieldHeaded = (heading: string): ColumnField | null => fields.get(wordsOf(heading)) ?? null;

/** What a punch says in this word; null for a word that nobody knows. */
export const kindCalled = (word: string): PunchKind | null => kinds.get(wordsOf(word)) ?? null;
