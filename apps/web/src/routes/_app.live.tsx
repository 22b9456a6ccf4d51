import { createFileRoute } from '@tanstack/react-router';
import { LivePage } from '../features/live/live-page.tsx';
import { readLiveSearch } from '../features/live/live-search.ts';

export const Route = createFileRoute('/_app/live')({
  validateSearch: readLiveSearch,
  component: LivePage,
});
