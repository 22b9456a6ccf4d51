/**
 * Characters that nobody sees, or that turn the direction of others: controls but line breaks and tabs, marks of direction and their
 * overrides, spaces without width, separators of lines. Joiners stay: scripts and emoji are made with them.
 */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/gu;

/**
 * A text as it is shown to people: each character that would not be seen, or would have others read in another order than they stand,
 * is written out by its number, `in⟨U+202E⟩gnp.exe`. What is recorded and exported stays as it is.
 */
export const visibleText = (text: string): string =>
  text.replace(UNSEEN, (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);

const WRITTEN_OUT = /⟨U\+([0-9A-F]{4})⟩/g;

/** The text that is shown so: whoever edits a text, or picks it as a filter, sends back the characters that it has. */
export const meantText = (text: string): string =>
  text.replace(WRITTEN_OUT, (shown, number: string) => {
    const character = String.fromCharCode(Number.parseInt(number, 16));
    return visibleText(character) === shown ? character : shown;
  });

/** Every text in a value as it is shown, however deep; keys are names. What has nothing to be written out is the same object. */
export const visibly = <Value>(value: Value): Value => withTexts(value, visibleText) as Value;

/** Every text in a value as it is meant. */
export const asMeant = <Value>(value: Value): Value => withTexts(value, meantText) as Value;

function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  const inside = (part: unknown) => withTexts(part, change);
  if (Array.isArray(value)) return kept(value, value.map(inside));
  if (!isPlain(value)) return value;
  const changed = Object.values(value).map(inside);
  if (Object.values(value).every((part, index) => part === changed[index])) return value;
  return Object.fromEntries(Object.keys(value).map((name, index) => [name, changed[index]]));
}

/** A file that is sent, for one, holds no texts of ours. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

const kept = (before: readonly unknown[], after: readonly unknown[]) =>
  before.every((part, index) => part === after[index]) ? before : after;
