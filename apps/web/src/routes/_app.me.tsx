import { createFileRoute } from '@tanstack/react-router';
import { MyRecordsPage } from '../features/my-records/my-records-page.tsx';
import { readMyRecordsSearch } from '../features/my-records/my-records-search.ts';

export const Route = createFileRoute('/_app/me')({ validateSearch: readMyRecordsSearch, component: MyRecordsPage });
