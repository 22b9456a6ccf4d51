import { readFileSync, statSync } from 'node:fs';

/** Spawn options that decide which user a program runs as; empty for "the user who starts it". */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** `nobody` as everybody knows it, for the rare container without an `/etc/passwd`. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * The account that the server runs as.
 *
 * PostgreSQL refuses to run as root, so root lends the server to whoever owns the data already, and to `nobody` for new
 * data: that account exists everywhere, and nothing has to be added to the system.
 */
export function serverAccount(dataDir: string): Account {
  if (process.getuid?.() !== 0) return {};
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : nobody();
}

function nobody(): Account {
  for (const line of passwd()) {
    const [name, , uid, gid] = line.split(':');
    if (name === 'nobody') return { uid: Number(uid), gid: Number(gid) };
  }
  return NOBODY;
}

function passwd(): string[] {
  try {
    return readFileSync('/etc/passwd', 'utf8').split('\n');
  } catch {
    return [];
  }
}
