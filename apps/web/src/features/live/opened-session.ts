import { createContext } from 'react';
import type { FeedSession } from '../trail/feed-session.ts';

/** The feed beside which a drawer is open: what it already has needs no second request. */
export const OpenedSession = createContext<FeedSession | null>(null);
