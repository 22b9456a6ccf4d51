import { createFileRoute } from '@tanstack/react-router';
import { TimecardsPage } from '../features/timecards/timecards-page.tsx';
import { readTimecardsSearch } from '../features/timecards/timecards-search.ts';

export const Route = createFileRoute('/_app/timecards/')({
  validateSearch: readTimecardsSearch,
  component: TimecardsPage,
});
