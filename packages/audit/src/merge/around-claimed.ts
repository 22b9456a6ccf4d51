import { livesOf } from './lives.ts';
import { ownerOf, type Seen } from './seen.ts';
import { contentsOf } from '../triggers/sight.ts';

import { nameOf } from '../policy/table-name.ts';
import { seenAt, type Window } from './window.ts';

/**
 * What nobody claimed, before the flush's events and after them: what happened to a record after the flush changed it.
 * What another trigger does to a record that is being made is seen before its creation, and comes after it; so do the
 * members that it gives it.
 */
export function aroundClaimed(seen: readonly Seen[], claimed: ReadonlySet<Seen>, window: Window): [earlier: Seen[], later: Seen[]] {
  const recordOf = ({ table, key }: Seen) => `${table}\0${key}`;
  // Unless the record had lived before, and that life ended here too.
  const ended = new Set(seen.filter((one) => one.after === null).map(recordOf));
  const changed = new Set([...claimed].flatMap((one) => (one.before === null && !ended.has(recordOf(one)) ? [recordOf(one)] : [])));
  const isOfNew = membersOfNew(claimed, window);
  const [earlier, later]: [Seen[], Seen[]] = [[], []];
  for (const one of seen) {
    if (claimed.has(one)) changed.add(recordOf(one));
    else (changed.has(recordOf(one)) || isOfNew(one) ? later : earlier).push(one);
  }
  return [earlier, later];
}

/** Whether it is a member of a record's life that began with what was claimed. */
function membersOfNew(claimed: ReadonlySet<Seen>, window: Window): (one: Seen) => boolean {
  const contents = contentsOf(window.sight.plans);
  const known = new Map<string, ReadonlySet<Seen>>();
  return (one) => {
    const there = contents.get(one.table);
    if (there?.kind !== 'members') return false;
    const key = ownerOf(there.pivot, one);
    const collection = `${one.table}\0${key}`;
    const ofNew = known.get(collection) ?? inNewLife(seenAt(window, nameOf(there.plan.table), key), seenAt(window, one.table, key));
    known.set(collection, ofNew);
    return ofNew.has(one);
  };

  function inNewLife(owner: readonly Seen[], members: readonly Seen[]): ReadonlySet<Seen> {
    const births = owner.filter((row) => row.before === null && claimed.has(row));
    if (!births.length) return new Set();
    const lives = livesOf({ owner, members }, window.order);
    const begun = new Set(births.map((birth) => lives.get(birth)));
    return new Set(members.filter((member) => begun.has(lives.get(member))));
  }
}
