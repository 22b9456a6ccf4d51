import type { AppRouter as Router } from '@countersign/api/countersign';

/**
 * The type of the server's interface. Within the repository it is inferred from the definitions; the published package
 * has it written out instead (`tools/build.ts`), so that nobody needs the server's sources to use the client.
 */
export type AppRouter = Router;
