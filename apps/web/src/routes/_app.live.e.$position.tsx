import { createFileRoute } from '@tanstack/react-router';
import { EventDrawer } from '../features/live/event-drawer.tsx';

export const Route = createFileRoute('/_app/live/e/$position')({ component: EventDrawer });
