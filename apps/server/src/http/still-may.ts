import { signedIn } from '@countersign/api/execute';
import type { RouteCall } from '@countersign/api/rest/route';
import { Refusal } from '@countersign/domain/errors';
import type { Viewer } from '@countersign/domain/people/rights/permissions';

/**
 * AC-5: looks once more who comes, for what takes long: while a file comes in or goes out a session ends, a role is taken away, somebody begins to
 * see the system as another.
 * @param check whether they may, as it was asked at the beginning.
 * @throws Refusal UNAUTHORIZED, FORBIDDEN, or what `check` throws.
 */
export async function stillMay({ http }: Pick<RouteCall, 'http'>, viewer: Viewer, check: (present: Viewer) => void): Promise<void> {
  const present = signedIn((await http.get('whoNow')())?.viewer ?? null);
  if (present.id !== viewer.id) throw new Refusal('FORBIDDEN', 'You are somebody else by now', 'Begin anew, as whoever you are.');
  check(present);
}
