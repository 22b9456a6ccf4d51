import { createFileRoute } from '@tanstack/react-router';
import { ReasonsPage } from '../features/reasons/reasons-page.tsx';

export const Route = createFileRoute('/_app/settings/reasons')({ component: ReasonsPage });
