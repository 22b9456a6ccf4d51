/** More doesn't stand in one line on a phone. */
const SHORT = 22;

/** What a page is doing, in one line; on a phone in up to three small ones, since nobody can point at what is cut off. */
export const StatusText = ({ children }: { readonly children: string }) => (
  <span
    // Another text is another line: where it ends at the right, the old one doesn't move there.
    key={children}
    title={children}
    className={`max-sm:line-clamp-3 sm:truncate ${children.length > SHORT ? 'max-sm:text-2xs max-sm:leading-tight' : ''}`}
  >
    {children}
  </span>
);
