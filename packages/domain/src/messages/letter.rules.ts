import type { Channel } from './message.views.ts';
import type { Detail } from './notification.ts';

/** What is told, before it takes the form of a channel. */
export interface Told {
  readonly title: string;
  readonly details: readonly Detail[];
  /** Who did it, by name; null where it was nobody. */
  readonly by: string | null;
}

export interface Letter {
  readonly subject: string;
  readonly body: string;
}

/** Characters of a text message: three parts of it at most. */
const LONGEST_SMS = 450;
const LONGEST_SUBJECT = 200;

// oxlint-disable-next-line no-control-regex -- exactly these must not get into a header
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** A text on one line, without characters that end one: what stands in a header must not begin another. */
export const oneLine = (text: string): string => text.replace(CONTROL, ' ').replace(/ {2,}/g, ' ').trim();

/** A text of several lines without any other control characters. */
const lines = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(oneLine)
    .join('\n');

const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/**
 * A mail: what happened, who did it, and its details. Without times and hours: mails lie about in clear, and the link
 * leads to them. Plain text, so that nothing that somebody typed is anything but text.
 */
export function mailOf({ title, details, by }: Told, greeting: string): Letter {
  const told = [...(by === null ? [] : [{ label: 'By', text: by }]), ...details];
  const paragraphs = [
    `Hello ${oneLine(greeting)},`,
    `${oneLine(title)}.`,
    told.map(({ label, text }) => `${label}: ${lines(text)}`).join('\n'),
  ];
  const body = paragraphs.filter(Boolean).join('\n\n');
  return { subject: shortened(oneLine(title), LONGEST_SUBJECT), body };
}

/** Notices that a summary tells of in full; the others stand in the app. */
const IN_FULL = 20;

/** One letter in the place of several to one person that are alike, the oldest first; at least two. */
export function summaryOf(channel: Channel, letters: readonly Letter[]): Letter {
  const [{ subject: first, body: one }] = letters as [Letter];
  const subject = `${letters.length} notices, the first: ${first}`;
  if (channel !== 'mail')
    return { subject: shortened(subject, LONGEST_SUBJECT), body: channel === 'sms' ? shortened(subject, LONGEST_SMS) : '' };
  const greeting = one.slice(0, one.indexOf('\n\n') + 2);
  const told = letters.slice(0, IN_FULL).map(({ body }) => (body.startsWith(greeting) ? body.slice(greeting.length) : body));
  const more = letters.length - told.length;
  const body = [
    `${greeting}${letters.length} notices that are alike, the oldest first. All of them stand in the app.`,
    told.join('\n\n* * *\n\n'),
    ...(more > 0 ? [`… and ${more} more.`] : []),
  ].join('\n\n');
  return { subject: shortened(subject, LONGEST_SUBJECT), body };
}

/** A text message. */
export const smsOf = ({ title }: Told): Letter => ({
  subject: shortened(oneLine(title), LONGEST_SUBJECT),
  body: shortened(oneLine(title), LONGEST_SMS),
});

/** What a locked screen may show: that something happened, not why and by whom. */
export const pushOf = ({ title }: Told): Letter => ({ subject: shortened(oneLine(title), LONGEST_SUBJECT), body: '' });
