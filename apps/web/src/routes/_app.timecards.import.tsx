import { createFileRoute } from '@tanstack/react-router';
import { ImportPage } from '../features/import/import-page.tsx';
import { textFrom } from '../ui/address.ts';

export const Route = createFileRoute('/_app/timecards/import')({
  // The file in hand: who reloads the page or comes back to it goes on where they were.
  validateSearch: (search: Record<string, unknown>): { file?: string | undefined } => ({
    file: textFrom(search['file'])?.match(/^[0-9a-f-]{36}$/i)?.[0],
  }),
  component: ImportPage,
});
