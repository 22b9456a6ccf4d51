/** Characters: longer ones are made up. */
const LONGEST = 1_000;

/** A path of a page here, as it was asked for, or the first page: never an address of somebody else's, and nothing of the interface. */
export function appPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > LONGEST || !isPath(asked)) return '/';
  const { pathname, search, hash } = new URL(asked, 'http://here.invalid');
  const path = `${pathname}${search}${hash}`;
  // Taken apart once more: `/.//elsewhere` begins otherwise when its dots are gone.
  return isPath(path) && !/^\/(api|trpc)(\/|$)/i.test(pathname) ? path : '/';
}

/** Browsers take a backslash for a slash, and leave out what nobody sees. */
const isPath = (text: string): boolean => /^\/(?![/\\])[^\\\p{C}]*$/u.test(text);
