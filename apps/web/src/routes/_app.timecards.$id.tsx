import { createFileRoute } from '@tanstack/react-router';
import { TimecardPage } from '../features/timecards/timecard-page.tsx';
import { readTrailSearch } from '../features/timecards/timecards-search.ts';

export const Route = createFileRoute('/_app/timecards/$id')({
  validateSearch: readTrailSearch,
  component: TimecardPage,
});
