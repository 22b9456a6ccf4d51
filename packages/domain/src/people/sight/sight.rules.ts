import type { Viewer } from '../rights/permissions.ts';

/** Who it is that comes: the admin, where they look at the system as somebody else. */
export const whoComes = ({ id, impersonator }: Pick<Viewer, 'id' | 'impersonator'>): string => impersonator?.id ?? id;
