/** A key, for those who can see it: the shortcuts stand in words in their own sheet. */
export const Kbd = ({ children }: { readonly children: string }) => (
  <kbd
    aria-hidden
    className="rounded border border-b-2 border-line-strong px-1 font-mono text-2xs font-medium text-ink-3 pointer-coarse:hidden"
  >
    {children}
  </kbd>
);
