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

/** The same for every text in a value, however deep; keys are names. What has none of these characters is the same object. */
export function visibly<Value>(value: Value): Value {
  if (typeof value === 'string') return visibleText(value) as Value;
  if (Array.isArray(value)) return kept(value, value.map(visibly)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.values(value).map(visibly);
  if (Object.values(value).every((part, index) => part === shown[index])) return value;
  return Object.fromEntries(Object.keys(value).map((name, index) => [name, shown[index]])) as Value;
}

const kept = (before: readonly unknown[], after: readonly unknown[]) =>
  before.every((part, index) => part === after[index]) ? before : after;
