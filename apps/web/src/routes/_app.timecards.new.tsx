import { createFileRoute } from '@tanstack/react-router';
import { NewTimecardPage } from '../features/timecards/new-timecard-page.tsx';

export const Route = createFileRoute('/_app/timecards/new')({ component: NewTimecardPage });
