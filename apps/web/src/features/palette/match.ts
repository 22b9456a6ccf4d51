/** What can be found by typing. */
export interface Findable {
  readonly label: string;
  /** More words by which it is found. */
  readonly words?: string | undefined;
}

/** Letters that are no letter with a mark: taking marks off leaves them as they are. */
const PLAIN: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', þ: 'th' };

/** As somebody types it who hasn't got such keys: `Łukasz Wójcik` as `lukasz wojcik`. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[łøđðßæœıþ]/g, (letter) => PLAIN[letter] ?? letter);

export const wordsIn = (text: string): string[] => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Whether each typed word begins one of these words. */
export const beginsEach = (typed: readonly string[], words: readonly string[]): boolean =>
  typed.every((one) => words.some((word) => word.startsWith(one)));

/** How far from the beginning of a label what was typed was found; null where it wasn't. */
function distanceOf({ label, words = '' }: Findable, typed: readonly string[]): number | null {
  const own = wordsIn(label);
  if (beginsEach(typed, own)) return own.findIndex((word) => word.startsWith(typed[0] ?? ''));
  return beginsEach(typed, [...own, ...wordsIn(words)]) ? own.length : null;
}

/** What was typed finds, the closest first; nothing typed finds everything. Among equals the order stays. */
export function found<Item extends Findable>(items: readonly Item[], text: string): Item[] {
  const typed = wordsIn(text);
  if (!typed.length) return text.trim() ? [] : [...items];
  return items
    .flatMap((item) => {
      const distance = distanceOf(item, typed);
      return distance === null ? [] : [{ item, distance }];
    })
    .sort((one, other) => one.distance - other.distance)
    .map(({ item }) => item);
}
