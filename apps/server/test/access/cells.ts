import type { Role } from '@countersign/domain/people/rights/permissions';
import type { About, Example, Rule } from './examples.ts';
import type { CardState, Persona, Shown, Stage } from './stage.ts';
import { exports, may, sees, seesSensitive, type Standing, STANDINGS } from './tables.ts';
import type { MakeThing, Thing } from './things.ts';

/** What the specification says comes of a call. `absent`: the same as where there is no such record. */
export type Expected = 'may' | 'refused' | 'absent';

/** The ways in to a procedure; subscriptions are followed elsewhere. */
export type Door = 'http' | 'socket' | 'rest';

/** One call that is tried. */
export interface Cell {
  readonly name: string;
  readonly which: string;
  readonly example: Example;
  readonly persona: Persona;
  readonly standing: Standing | null;
  readonly door: Door;
}

export const labelOf = ({ name, which, persona, standing, door }: Cell): string =>
  `${persona.role}: ${name} (${which})${standing ? `, ${standing}` : ''}, over ${door}`;

/** The standings in which a call is tried: what is about no record in particular has none. */
export function standingsOf({ rule, on }: Example): readonly (Standing | null)[] {
  if (rule === 'whose it is' || (typeof rule === 'object' && rule.whoseItIs)) return ['their own', 'of others'];
  if (on === undefined || isAlone(on)) return [null];
  return STANDINGS;
}

/** What nobody in particular has. */
const ALONE: ReadonlySet<NonNullable<Example['on']>> = new Set(['message', 'reason', 'import', 'notice', 'user', 'responsibility']);
const isAlone = (on: NonNullable<Example['on']>) => ALONE.has(on);

export function expectationOf(rule: Rule, role: Role, standing: Standing | null): Expected {
  switch (rule) {
    case 'signed in':
    case 'finds what they see':
    case 'finds whom they see':
      return 'may';
    case 'sees the record':
      return sees(role, standing ?? 'of others') ? 'may' : 'absent';
    case 'whose it is':
      return standing === 'their own' ? 'may' : 'absent';
    case 'export':
      return exports(role) ? 'may' : 'refused';
    default:
      return expectedOfCommand(rule, role, standing);
  }
}

function expectedOfCommand(
  { command, whoseItIs, writesSensitive }: Extract<Rule, object>,
  role: Role,
  standing: Standing | null,
): Expected {
  if (whoseItIs) {
    if (!may(command, role, 'of others')) return 'refused';
    return standing === 'their own' ? 'may' : 'absent';
  }
  const allowed = may(command, role, standing ?? 'of others') && (!writesSensitive || seesSensitive(role));
  if (allowed) return 'may';
  return standing === null || sees(role, standing) ? 'refused' : 'absent';
}

/** Whether a call finds anything of the record; null where it isn't about finding. */
export function findsIt(rule: Rule, role: Role, standing: Standing | null): boolean | null {
  if (standing === null) return null;
  if (rule === 'finds what they see') return sees(role, standing);
  // A person at a site in somebody's charge is seen on their cards there, and stands in no list of people.
  if (rule === 'finds whom they see') return sees(role, standing) && (standing !== 'at a site in their charge' || sees(role, 'of others'));
  return null;
}

/** How a record stands to somebody. */
export const standingTo = (stage: Stage, persona: Persona, { owner }: Shown): Standing =>
  STANDINGS.find((standing) => stage.place(persona, standing).owner === owner) ?? 'of others';

/** What must not be in any answer to somebody: of records that they don't see everything, of the others the sensitive values. */
export function unseenBy(stage: Stage, persona: Persona, stock: string): readonly string[] {
  const sensitive = seesSensitive(persona.role);
  return [
    ...stage.all.flatMap((shown) => {
      if (!sees(persona.role, standingTo(stage, persona, shown))) return [shown.why, shown.whose, ...shown.secrets];
      return sensitive ? [] : shown.secrets;
    }),
    ...(sensitive ? [] : [stock]),
  ];
}

/** The record that a call is about, fresh where it may be changed. */
export async function aboutOf(
  { stage, make }: { readonly stage: Stage; readonly make: MakeThing },
  { on }: Example,
  persona: Persona,
  standing: Standing | null,
): Promise<About> {
  const at = standing ?? 'of others';
  const { owner, site } = stage.place(persona, at);
  const history = stage.shown(persona, at);
  const base = { ...history, owner, site, version: 1, day: '1999-12-01', change: history.change };
  if (on === undefined || on === 'history') return base;
  if (isState(on)) return { ...base, ...stage.card(on, persona, at), change: stage.edit };
  return { ...base, id: await make(on, owner) };
}

const isState = (on: CardState | Thing | 'history'): on is CardState => /draft|submitted|approved|rejected/.test(on);

/** Of a record that there isn't. */
export const nothingLike = (about: About): About => ({
  ...about,
  id: crypto.randomUUID(),
  owner: crypto.randomUUID(),
  change: crypto.randomUUID(),
  position: 900_000_000,
  why: 'why-there-is-none',
});
