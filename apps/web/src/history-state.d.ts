import '@tanstack/react-router';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The page was opened from the list behind it: closing it goes back there. */
    fromFeed?: boolean;
  }
}
