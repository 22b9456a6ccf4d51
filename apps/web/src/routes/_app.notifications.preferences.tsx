import { createFileRoute } from '@tanstack/react-router';
import { PreferencesPage } from '../features/notifications/preferences-page.tsx';

export const Route = createFileRoute('/_app/notifications/preferences')({ component: PreferencesPage });
