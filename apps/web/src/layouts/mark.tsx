/** The sign of Countersign: a signature above its line. */
export const Mark = ({ className }: { readonly className?: string }) => (
  <svg
    viewBox="0 0 20 20"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.8"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden
    className={`text-accent ${className ?? ''}`}
  >
    <path d="M3 14.5c3-1 3.5-10 6-10 2 0-1.5 8 .8 8 1.6 0 1.8-3 3.2-3 1.2 0 .8 2.5 4 2.5" />
    <path d="M3 17.4h14" strokeWidth="1.2" opacity=".5" />
  </svg>
);
