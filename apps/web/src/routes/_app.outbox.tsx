import { createFileRoute } from '@tanstack/react-router';
import { OutboxPage } from '../features/outbox/outbox-page.tsx';
import { readOutboxSearch } from '../features/outbox/outbox-search.ts';

export const Route = createFileRoute('/_app/outbox')({
  validateSearch: readOutboxSearch,
  component: OutboxPage,
});
