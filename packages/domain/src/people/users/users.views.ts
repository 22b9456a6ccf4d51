import { z } from 'zod';
import { instant } from '../../day.views.ts';
import { ACCOUNT_STATES } from '../account-state.rules.ts';
import { newUserInput } from '../account.ts';
import { ROLES } from '../rights/permissions.ts';
import { RESPONSIBILITY_KINDS } from '../responsibility.ts';

const named = z.object({ id: z.uuid(), name: z.string() });

const userSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  level: z.int(),
  state: z.enum(ACCOUNT_STATES),
});

export const userList = z.object({
  data: z.array(userSummary),
  pagination: z.object({ total: z.int(), limit: z.int(), offset: z.int(), hasMore: z.boolean() }),
});

/** States that a list can be narrowed to: those who could sign in, who never did, and who may no more. */
export const LISTED_STATES = ['active', 'invited', 'disabled'] as const;

const role = z.enum(ROLES, `The roles are ${ROLES.join(', ')}.`);
const oneOrMore = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item).max(20)]);

export const listUsersInput = z.strictObject({
  /** Words that each stand in the name or the mail address. */
  search: z.string().trim().max(100).optional(),
  role: oneOrMore(role).optional(),
  state: oneOrMore(z.enum(LISTED_STATES)).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

const responsibility = z.object({
  id: z.uuid(),
  kind: z.enum(RESPONSIBILITY_KINDS),
  person: named.nullable(),
  site: named.nullable(),
  since: instant,
  /** Whether it gives anything in the role that the holder has now. */
  counts: z.boolean(),
});

export const userView = userSummary.extend({
  version: z.int(),
  firstName: z.string(),
  lastName: z.string(),
  phoneNumber: z.string().nullable(),
  timeZone: z.string(),
  createdAt: instant,
  disabledAt: instant.nullable(),
  /** When they last chose a password; null where they have none. */
  passwordSetAt: instant.nullable(),
  /** How they show beside their password who they are; null where the password is enough. */
  secondFactor: z.object({ setUpAt: instant, codesLeft: z.int() }).nullable(),
  /** The accounts at providers by which they sign in. */
  providers: z.array(z.object({ id: z.uuid(), name: z.string(), since: instant })),
  sessions: z.object({ count: z.int(), lastSeenAt: instant.nullable() }),
  invitation: z
    .object({
      sentAt: instant,
      expiresAt: instant,
      acceptedAt: instant.nullable(),
      withdrawnAt: instant.nullable(),
      version: z.int(),
    })
    .nullable(),
  responsibilities: z.array(responsibility),
  /** Who is responsible for this person by name. */
  heldBy: z.array(named.extend({ kind: z.enum(RESPONSIBILITY_KINDS), counts: z.boolean() })),
});
export type UserView = z.input<typeof userView>;

const reason = z
  .string()
  .trim()
  .min(3, 'Say why, in three letters or more: it stands in the log.')
  .max(500)
  .meta({ title: 'Reason', 'x-kind': 'text' });
const id = z.uuid();
/** As it was read: what somebody else changed since is not overwritten. */
const version = z.int().min(1);

export const versioned = z.strictObject({ id, version, reason });
export const unlinkUserInput = versioned.extend({ link: z.uuid() });
export const changeRoleInput = versioned.extend({ role, level: newUserInput.shape.level.unwrap() });
const { firstName, lastName, email, phoneNumber } = newUserInput.shape;
export const correctUserInput = versioned.extend({ firstName, lastName, email, phoneNumber });
export const signOutUserInput = z.strictObject({ id, reason });

export const inviteInput = z.strictObject(newUserInput.omit({ password: true }).shape);
/** The invitation's version; null for who was never invited. */
export const resendInput = z.strictObject({ id, version: version.nullable() });
export const invitationLinkInput = z.strictObject({ id });
/** Where the link leads on this server, with its token: it can't be read again. */
export const invitationLinkView = z.object({ path: z.string(), expiresAt: instant });

export const assignInput = z
  .strictObject({
    holder: id,
    kind: z.enum(RESPONSIBILITY_KINDS),
    person: id.optional(),
    site: id.optional(),
    reason,
  })
  .refine(({ person, site }) => (person === undefined) !== (site === undefined), {
    message: 'Name a person or a site.',
    path: ['person'],
  });
export const endResponsibilityInput = z.strictObject({ id, reason });
