import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { clockTime, weekdayName } from './calendar.ts';

/** Why people say they do things, about one shift, in the words of whoever writes between two tasks. */
type Words = (shift: Sheet, zone: string) => string;

const day = (shift: Sheet) => weekdayName(shift.workDate);
const out = (shift: Sheet, zone: string) => clockTime(shift.checkOut ?? '', zone);
const into = (shift: Sheet, zone: string) => clockTime(shift.checkIn ?? '', zone);
const pause = (shift: Sheet, zone: string) => `${clockTime(shift.breakStart ?? '', zone)} to ${clockTime(shift.breakEnd ?? '', zone)}`;

/** The owner adds a check-out that they had forgotten. */
export const FORGOTTEN: readonly Words[] = [
  (shift) => `Forgot to clock out on ${day(shift)}, sorry`,
  (shift, zone) => `phone was dead, left at ${out(shift, zone)}`,
  () => 'Clocked in but not out. Fixed.',
  (shift, zone) => `Forgot again… Jo saw me leave at ${out(shift, zone)}`,
  (shift, zone) => `ran for the last train on ${day(shift)}, it was ${out(shift, zone)}`,
];

/** In-house staff add it for them. */
export const FORGOTTEN_BY_OTHERS: readonly Words[] = [
  (shift, zone) => `Check-out on ${day(shift)} was missing. Door log says ${out(shift, zone)}, confirmed by phone.`,
  (shift, zone) => `No check-out on ${day(shift)}; call sheet has wrap at ${out(shift, zone)}.`,
  (shift) => `Missing check-out added after asking the gate (${day(shift)}).`,
];

/** A decider can't approve: the check-out is too late, the check-in too early, the break isn't there. */
export const WRONG_OUT: readonly Words[] = [
  (shift, zone) => `${day(shift)}: we wrapped at ${out(shift, zone)}. Please check your check-out.`,
  (shift, zone) => `Your check-out on ${day(shift)} doesn't match the door log (${out(shift, zone)}). Please correct it.`,
  (shift, zone) => `An hour too much on ${day(shift)}, you left at ${out(shift, zone)} with the rest of us.`,
];
export const WRONG_IN: readonly Words[] = [
  (shift, zone) =>
    `Call time on ${day(shift)} was ${into(shift, zone)}, early arrival isn't paid unless agreed. Please change the check-in.`,
  (shift, zone) => `${day(shift)}: gate opened at ${into(shift, zone)}, the card says you were in before. Please fix.`,
];
export const NO_BREAK: readonly Words[] = [
  (shift) => `There is no break on ${day(shift)}. If you took one, please add it; if not, tell me why.`,
  (shift, zone) => `Break missing on ${day(shift)}, catering had you ${pause(shift, zone)}.`,
  () => "Break is missing. We can't sign off more than six hours without one.",
];

/** The decider puts the break in while rejecting. */
export const BREAK_PUT_IN: readonly Words[] = [
  (shift, zone) => `I put in the lunch break on ${day(shift)} (${pause(shift, zone)} on the sign-in sheet). Please check and submit again.`,
  (shift) => `Added the missing break on ${day(shift)}. Have a look and send it back to me, thanks.`,
];
/** The decider corrects another time while rejecting. */
export const TIME_PUT_RIGHT: readonly Words[] = [
  (shift, zone) =>
    `Corrected ${day(shift)} from the call sheet: in ${into(shift, zone)}, out ${out(shift, zone)}. Please confirm by submitting again.`,
  (shift) => `I changed ${day(shift)} to what the door log has. Submit again if you agree, call me if not.`,
];

/** The owner mends what was rejected. */
export const MENDED: readonly Words[] = [
  (shift) => `fixed ${day(shift)}`,
  () => 'You are right, mixed it up with the week before',
  () => 'corrected, sorry for the trouble',
  (shift) => `Typed it wrong on my phone (${day(shift)})`,
];

/** The owner remembers one time of a day better. */
export const REMEMBERED: Readonly<Record<'in' | 'out' | 'break', readonly Words[]>> = {
  in: [
    (shift, zone) => `Bus was late, started ${into(shift, zone)}`,
    (shift) => `Gate opened earlier on ${day(shift)}`,
    (shift) => `fixed ${day(shift)}`,
  ],
  out: [(shift) => `Stayed longer to lock up on ${day(shift)}`, (shift, zone) => `Jo saw me leave at ${out(shift, zone)}`, () => 'typo'],
  break: [
    (shift, zone) => `Lunch was ${pause(shift, zone)}`,
    (shift) => `Break on ${day(shift)} was at another time`,
    () => 'Looked it up in my calendar',
  ],
};

/** An admin changes what was approved already. */
export const AFTER_APPROVAL: readonly Words[] = [
  (shift, zone) => `Payroll query: door log for ${day(shift)} shows ${out(shift, zone)}.`,
  (shift, zone) => `Agreed with production: ${day(shift)} ended at ${out(shift, zone)}, not as approved.`,
  (shift, zone) => `Complaint of the owner checked against the camera at gate B: left at ${out(shift, zone)} on ${day(shift)}.`,
];

/** In-house staff write a card from paper. */
export const FROM_PAPER: readonly string[] = [
  'No access to the app that week, taken from the paper sign-in sheet.',
  'Phone stolen on set; hours copied from the sheet at the gate, signed by the foreman.',
  'First week, account was not ready. Hours from the call sheets.',
  'On the road with the talent and without signal; dictated over the phone.',
];

/** What only in-house staff and above read, and why they wrote it. */
export const NOTES: readonly { readonly note: string; readonly reason: string }[] = [
  { note: 'Travel time to the location agreed as working time by production, see mail of that Thursday.', reason: 'Note for payroll' },
  {
    note: 'Medical appointment, left two hours early with permission. Not to be discussed on the floor.',
    reason: 'Documenting the shorter day',
  },
  { note: 'Second warning about late check-outs given in person.', reason: 'Note after the talk on Tuesday' },
  { note: 'Worked through the break on request of the AD; compensated next week.', reason: 'Agreement with the AD on file' },
  { note: 'Covers for the sick colleague at gate A until the end of the month.', reason: 'Why the hours look different' },
  { note: 'Overtime approved in advance by the line producer (stunt rehearsal).', reason: 'Overtime approval on file' },
];

/** The owner changes a day that they wrote shortly before. */
export const SECOND_THOUGHTS: readonly Words[] = [
  (shift) => `Break on ${day(shift)} was a bit later`,
  () => 'typo',
  (shift, zone) => `Bus was late, started ${into(shift, zone)}`,
  () => 'Looked it up in my calendar',
  (shift) => `Stayed longer to lock up on ${day(shift)}`,
];
