import { createFileRoute } from '@tanstack/react-router';
import { RightsPage } from '../features/rights/rights-page.tsx';

export const Route = createFileRoute('/_app/admin/rights')({ component: RightsPage });
