/** Rows and columns of keyboards, the alphabet, and digits: whoever runs a finger along them has chosen nothing. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiopü',
  'azertyuiop',
  'asdfghjkl',
  'asdfghjklöä',
  'qsdfghjklm',
  'zxcvbnm',
  'yxcvbnm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
].flatMap((run) => [run, Array.from({ length: run.length }, (_, at) => run.at(-1 - at)).join('')]);

/** Characters of a run that are one: three happen by chance. */
const RUN = 4;
/** Every beginning of one. */
const BEGINNINGS = new Set(RUNS.flatMap((run) => Array.from({ length: run.length - RUN + 1 }, (_, at) => run.slice(at, at + RUN))));

/** What is typed in the place of letters. */
const INSTEAD: Readonly<Record<string, string>> = {
  '@': 'a',
  $: 's',
  '!': 'i',
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
};

/**
 * What is left of a secret for somebody to guess, in small letters and digits: without the words that are tried first, however
 * they are spelt, without runs along a keyboard or the alphabet, and without what stood in it before.
 */
export function leftToGuess(secret: string, words: RegExp): string {
  const small = secret.toLowerCase();
  const asTyped = withoutRuns(plain(small).replace(words, ' '));
  // Signs and digits may be letters: they are read as such before they are left out, but for those that are years and rows.
  const spelt = withoutRuns(small.replace(words, ' ')).replace(/./gu, (letter) => INSTEAD[letter] ?? letter);
  const asRead = withoutRuns(plain(spelt).replace(words, ' '));
  return [asTyped, asRead].map((text) => withoutRepetition(plain(text))).toSorted((one, other) => one.length - other.length)[0] ?? '';
}

const plain = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');

function withoutRuns(text: string): string {
  // `aabbcc` is a run as well.
  const single = text.replace(/(.)\1+/gu, '$1');
  const left = withoutSingleRuns(single);
  return left.length < single.length ? left : text;
}

function withoutSingleRuns(text: string): string {
  let left = '';
  for (let at = 0; at < text.length;) {
    const begins = BEGINNINGS.has(text.slice(at, at + RUN));
    if (!begins) left += text[at];
    at += begins ? Math.max(...RUNS.map((run) => longest(text, at, (piece) => run.includes(piece)))) : 1;
  }
  return left;
}

/** Each piece of three characters or more that stood there before is one character: it takes no more to guess. */
function withoutRepetition(text: string): string {
  let left = '';
  for (let at = 0; at < text.length;) {
    const length = repeated(text, at);
    left += text[at];
    at += Math.max(1, length < 3 ? 1 : length);
  }
  return left;
}

const repeated = (text: string, at: number): number => longest(text, at, (piece) => text.slice(0, at).includes(piece));

/** How many characters from here on are one piece of something. */
function longest(text: string, at: number, isOne: (piece: string) => boolean): number {
  let length = 0;
  while (at + length < text.length && isOne(text.slice(at, at + length + 1))) length += 1;
  return length;
}
