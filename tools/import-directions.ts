/** Which package may import which other ones: one entry each, with the reason that a refused import shows. */
export interface Direction {
  readonly name: string;
  /** The folder of the package. */
  readonly folder: string;
  readonly allowed: readonly string[];
  /** For types also. */
  readonly allowedTypes?: readonly string[];
  /** For tests and the package's own tools also: they arrange what the package itself must not know. */
  readonly allowedInTests?: readonly string[];
  readonly reason: string;
}

// A name stands for all doors of that package.
const PROOF = '@countersign/proof';
const AUDIT = '@countersign/audit';
const DOMAIN = '@countersign/domain';
const API = '@countersign/api';
const CLIENT = '@countersign/client';
const POSTGRES = '@countersign/postgres';
const TESTING = '@countersign/testing';
const RULES = '@countersign/domain/**/*.rules';

export const DIRECTIONS: readonly Direction[] = [
  {
    name: 'proof',
    folder: 'packages/proof',
    allowed: [],
    reason: 'proof is what outsiders verify the log with, in browsers too: it depends on nothing here',
  },
  {
    name: 'audit',
    folder: 'packages/audit',
    allowed: [PROOF],
    reason: 'audit serves any application: it knows proof, MikroORM and PostgreSQL, and none of the business',
  },
  {
    name: 'domain',
    folder: 'packages/domain',
    allowed: [PROOF, AUDIT],
    reason: 'domain holds the business rules, whatever calls them: it knows audit and proof, but no transport and no process',
  },
  {
    name: 'api',
    folder: 'packages/api',
    allowed: [PROOF, AUDIT, DOMAIN],
    reason: 'api derives procedures from the domain, without a transport: the server is what imports it',
  },
  {
    name: 'server',
    folder: 'apps/server',
    allowed: [PROOF, AUDIT, DOMAIN, API, POSTGRES],
    allowedInTests: [CLIENT],
    reason: 'server is the process around api: clients, pages and test tools are on the other side of the wire',
  },
  {
    name: 'client',
    folder: 'packages/client',
    allowed: [PROOF],
    allowedTypes: [API],
    // Its build writes the interface's types out, so that what is published needs no package of ours.
    allowedInTests: [API],
    reason: 'client runs in browsers and in other programs: of api it imports types only',
  },
  {
    name: 'web',
    folder: 'apps/web',
    allowed: [PROOF, CLIENT, RULES],
    reason: 'web runs in a browser: it speaks to the server through client, and shares only *.rules of domain and the verifier of proof',
  },
  {
    name: 'postgres',
    folder: 'packages/postgres',
    allowed: [],
    reason: 'postgres starts a database server and stands alone',
  },
  {
    name: 'testing',
    folder: 'packages/testing',
    allowed: [POSTGRES],
    reason: 'testing serves the tests of every package, and so knows none of them but postgres',
  },
];

/** What the tests of any package may import besides. */
export const TEST_TOOLS: readonly string[] = [TESTING, POSTGRES];
